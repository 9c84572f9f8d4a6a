"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const main = document.getElementById("main");

/** An element with properties and children; texts are never parsed as HTML, but σ_y gets its subscript. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name in element) element[name] = value; else element.setAttribute(name, value);
  for (const child of children) {
    if (child === null || child === undefined) continue;
    if (typeof child !== "string" || tag === "option" || tag === "pre") { element.append(child); continue; }
    child.split("σ_y").forEach((part, k) => {
      if (k > 0) element.append("σ", make("sub", {}, "y"));
      element.append(part);
    });
  }
  return element;
}

function section(id, title, lead) {
  const element = make("section", {id}, make("h2", {}, title), lead ? make("p", {className: "lead"}, lead) : null);
  main.append(element);
  document.getElementById("nav").insertBefore(make("a", {href: "#" + id}, title), document.getElementById("theme"));
  return element;
}

const source = (index) => "data:image/png;base64," + report.pictures[index].png;

function picture(index, alt, properties = {}) {
  if (index === null || index === undefined) return make("span", {className: "picture"});
  const small = report.pictures[index].side < 128 ? " small-pixels" : "";
  return make("img", {className: "picture" + small, src: source(index), alt, title: alt, loading: "lazy", ...properties});
}

// ---- light and dark
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

// ---- head
document.title = report.title + " – dpsbench";
document.getElementById("title").textContent = report.title;
document.getElementById("subtitle").textContent = report.tables.length ? report.tables[0].title : "";
document.getElementById("facts").append(...report.facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
document.getElementById("warnings").append(...report.warnings.map((text) => make("div", {className: "warning"}, text)));

// ---- tables
function tableCell(entry) {
  const classes = [entry.number ? "number" : "", entry.emphasis].join(" ").trim();
  const [value, half] = entry.text.split(" ± ");
  return make("td", {className: classes}, make("span", {}, value), half ? make("span", {className: "pm"}, " ± " + half) : null);
}

function sortBodies(table, column, descending) {
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => !row.classList.contains("section"));
    rows.sort((a, b) => {
      const [x, y] = [a.entries[column], b.entries[column]];
      if (x.number && y.number) {
        if (x.value === null || y.value === null) return (x.value === null) - (y.value === null);
        return descending ? y.value - x.value : x.value - y.value;
      }
      const order = x.text.localeCompare(y.text, undefined, {numeric: true});
      return descending ? -order : order;
    });
    body.append(...rows);
  }
}

function groupHeads(columns) {
  if (!columns.some((column) => column.group)) return null;
  const row = make("tr");
  for (let i = 0; i < columns.length;) {
    let span = 1;
    while (i + span < columns.length && columns[i + span].group === columns[i].group) ++span;
    row.append(make("th", {className: columns[i].group ? "group" : "", colSpan: span}, columns[i].group));
    i += span;
  }
  return row;
}

function tableOf(data) {
  const heads = make("tr");
  const table = make("table", {}, make("thead", {}, groupHeads(data.columns), heads));
  const firstRow = data.sections.flatMap((part) => part.rows)[0] || [];
  data.columns.forEach((column, index) => {
    const numeric = firstRow[index] && firstRow[index].number;
    const head = make("th", {className: "sortable" + (numeric ? " number" : ""), tabIndex: 0, title: "Sort within each setting"}, column.title);
    const sort = () => {
      const now = head.getAttribute("aria-sort");
      const descending = now ? now === "ascending" : Boolean(numeric);  // numbers fall at the first click, texts rise
      for (const other of heads.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      sortBodies(table, index, descending);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
    heads.append(head);
  });
  for (const part of data.sections) {
    const body = make("tbody");
    if (part.title) body.append(make("tr", {className: "section"}, make("td", {colSpan: data.columns.length}, part.title)));
    for (const entries of part.rows) {
      const row = make("tr", {}, ...entries.map(tableCell));
      row.entries = entries;
      body.append(row);
    }
    table.append(body);
  }
  return table;
}

// ---- summary: each setting's methods by a metric, and what the best one made of the first image
/** Methods from best to worst, each with its interval on one axis: a dot at the mean, a line over the interval. */
function ranking(rows, metric) {
  const known = rows.filter((row) => row.entry.value !== null);
  const loss = (row) => metric.better === "higher" ? -row.entry.value : metric.better === "lower" ? row.entry.value : Math.abs(row.entry.value - metric.target);
  known.sort((a, b) => loss(a) - loss(b));
  const shown = known.slice(0, 6);
  const reach = (row, sign) => row.entry.value + sign * (row.entry.half_width || 0);
  const least = Math.min(...shown.map((row) => reach(row, -1))), most = Math.max(...shown.map((row) => reach(row, 1)));
  const place = (value) => 100 * (value - least) / (most - least || 1);
  const line = make("div", {className: "rank"});
  for (const row of shown) {
    const interval = make("i"), dot = make("b");
    interval.style.left = `${place(reach(row, -1))}%`;
    interval.style.width = `${place(reach(row, 1)) - place(reach(row, -1))}%`;
    dot.style.left = `${place(row.entry.value)}%`;
    line.append(make("span", {className: "of " + row.entry.emphasis, title: row.method}, row.method),
      make("span", {className: "axis " + row.entry.emphasis, title: row.entry.text}, interval, dot),
      make("span", {className: row.entry.emphasis}, row.entry.text.split(" ")[0]));
  }
  return [line, known.length ? known[0].at : 0];
}

function summaryCard(setting, metric) {
  const table = report.tables[0];
  const part = table.sections.find((one) => one.title === setting.title);
  const column = table.columns.findIndex((one) => one.key === metric.name);
  if (!part || column < 0) return null;
  const rows = part.rows.slice(0, setting.methods.length);  // those that have pictures come first
  const [ranked, best] = ranking(rows.map((row, at) => ({method: setting.methods[at], entry: row[column], at})), metric);
  const image = setting.images[0];
  return make("div", {className: "card"}, make("h3", {}, setting.title),
    make("div", {className: "triple"}, picture(image.measurement, "measurement"), picture(image.samples[best].picture, setting.methods[best]), picture(image.reference, "original")),
    make("div", {className: "labels"}, make("span", {}, "measurement"), make("span", {}, setting.methods[best]), make("span", {}, "original")), ranked);
}

if (report.metrics.length && report.tables.length) {
  const cards = make("div", {className: "cards"});
  const show = (metric) => cards.replaceChildren(...report.settings.map((setting) => summaryCard(setting, metric)).filter((card) => card));
  show(report.metrics[0]);
  if (cards.childElementCount) {
    const chooser = make("select", {title: "Metric"}, ...report.metrics.map((metric, index) => make("option", {value: index}, metric.title)));
    chooser.addEventListener("change", () => show(report.metrics[chooser.value]));
    section("summary", "Summary", "The best methods of each setting, with 95 % intervals; above, what the best one made of an image. Blue: best; underlined: not distinguishable from it on the same images.")
      .append(make("div", {className: "choices"}, chooser), cards);
  }
}

const tables = section("tables", "Tables", "Bold: the best mean of a setting. Underlined: not distinguishable from it on the same images. Click a head to sort.");
report.tables.forEach((data, index) => {
  tables.append(make("h3", {}, data.title), make("div", {className: "scroll"}, tableOf(data)));
  tables.append(make("details", {open: index === 0 && report.tables.length === 1}, make("summary", {}, "What the numbers mean"), make("ul", {}, ...data.notes.map((note) => make("li", {}, note)))));
});

/** A row of buttons of which one is chosen: the row, and what chooses from outside. */
function choices(labels, onChoose) {
  const buttons = labels.map((label, index) => make("button", {onclick: () => choose(index)}, label));
  const choose = (index) => {
    buttons.forEach((button, other) => button.setAttribute("aria-pressed", other === index));
    onChoose(index);
  };
  return [make("div", {className: "chooser"}, ...(labels.length > 1 ? buttons : [])), choose];
}

// ---- figures
if (report.figures.length) {
  const figures = section("figures", "Figures");
  const place = make("div", {className: "figures"});
  const groups = [...new Set(report.figures.map((figure) => figure.group))];
  const [chooser, choose] = choices(groups, (index) => {
    place.replaceChildren(...report.figures.filter((figure) => figure.group === groups[index]).map((figure) =>
      make("figure", {className: "figure"}, make("img", {src: "data:image/svg+xml;base64," + figure.svg, alt: figure.title}),
        make("figcaption", {}, figure.caption))));
  });
  figures.append(chooser, place);
  choose(0);
}

// ---- images, compared
const numbersOf = (metrics) => report.metrics.filter((metric) => metric.name in metrics && metrics[metric.name] !== null)
  .map((metric) => `${metric.title} ${metrics[metric.name].toFixed(metric.decimals)}`).join(" · ");

/** Two pictures on top of each other, the cut between them moved by hand. */
function viewer(setting) {
  const views = ["Reference", "Measurement", ...setting.methods];
  const under = make("img", {alt: "right picture"}), over = make("img", {alt: "left picture"}), cut = make("div", {className: "cut"});
  const stage = make("div", {className: "stage"}, under, over, cut);
  const range = make("input", {type: "range", min: 0, max: 100, value: 50});
  range.setAttribute("aria-label", "Where the two pictures meet");
  const left = make("select", {title: "Left"}, ...views.map((view, index) => make("option", {value: index}, view)));
  const right = make("select", {title: "Right"}, ...views.map((view, index) => make("option", {value: index}, view)));
  const said = make("p", {className: "said"});
  const state = {image: 0};
  const pictureOf = (view) => {
    const image = setting.images[state.image];
    return view === 0 ? image.reference : view === 1 ? image.measurement : image.samples[view - 2].picture;
  };
  const numbers = (view) => view < 2 ? "" : numbersOf(setting.images[state.image].samples[view - 2].metrics);
  const draw = () => {
    const [a, b] = [Number(left.value), Number(right.value)];
    for (const [element, view] of [[over, a], [under, b]]) {
      const index = pictureOf(view);
      element.hidden = index === null;
      if (index !== null) {
        element.src = source(index);
        element.classList.toggle("small-pixels", report.pictures[index].side < 128);
      }
    }
    over.style.clipPath = `inset(0 ${100 - range.value}% 0 0)`;
    cut.style.left = range.value + "%";
    const lines = [`Image ${setting.images[state.image].id}`];
    for (const view of [a, b]) if (numbers(view)) lines.push(`${views[view]}: ${numbers(view)}`);
    said.replaceChildren(...lines.flatMap((line) => [line, make("br")]));
  };
  const drag = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const box = stage.getBoundingClientRect();
    range.value = Math.round(100 * Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    draw();
  };
  stage.addEventListener("pointerdown", (event) => { stage.setPointerCapture(event.pointerId); drag(event); });
  stage.addEventListener("pointermove", drag);
  for (const control of [range, left, right]) control.addEventListener("input", draw);
  left.value = 0;
  right.value = Math.min(2, views.length - 1);
  draw();
  const show = (image, view) => { state.image = image; if (view !== null) right.value = view; draw(); };
  return [make("div", {className: "viewer"}, stage, range, make("div", {className: "sides"}, left, right), said), show];
}

function contactSheet(setting, onChoose) {
  const heads = make("tr", {}, make("th"), make("th", {}, "Reference"), make("th", {}, "Measurement"), ...setting.methods.map((method) => make("th", {}, method)));
  const table = make("table", {}, make("thead", {}, heads), make("tbody"));
  const buttons = [];
  setting.images.forEach((image, row) => {
    const line = make("tr", {}, make("th", {}, image.id));
    const views = [[image.reference, "reference", {}], [image.measurement, "measurement", {}], ...image.samples.map((sample, index) => [sample.picture, setting.methods[index], sample.metrics])];
    views.forEach(([index, name, metrics], view) => {
      if (index === null) { line.append(make("td")); return; }
      const shown = picture(index, `${name}, image ${image.id}` + (numbersOf(metrics) ? ": " + numbersOf(metrics) : ""));
      if (view > 0 && image.reference !== null) {  // while the pointer rests on a picture it turns into the reference
        shown.addEventListener("pointerenter", () => { shown.src = source(image.reference); });
        shown.addEventListener("pointerleave", () => { shown.src = source(index); });
      }
      const button = make("button", {onclick: () => {
        buttons.forEach((other) => other.setAttribute("aria-pressed", other === button));
        onChoose(row, view);
      }}, shown);
      buttons.push(button);
      line.append(make("td", {}, button));
    });
    table.tBodies[0].append(line);
  });
  const sheet = make("div", {className: "sheet"}, table);
  sheet.style.setProperty("--columns", setting.methods.length + 2);
  return sheet;
}

if (report.settings.length) {
  const ofSamples = report.several_samples ? " Pictures are of an image's first sample, numbers of all its samples." : "";
  const images = section("images", "Images", "Drag the cut to compare two pictures; rest the pointer on a picture to see the reference in its place; click one to open it beside the left picture." + ofSamples);
  const place = make("div");
  const [chooser, choose] = choices(report.settings.map((setting) => setting.title), (index) => {
    const setting = report.settings[index];
    const [view, show] = viewer(setting);
    place.replaceChildren(make("div", {className: "compare"}, view, contactSheet(setting, show)));
  });
  images.append(chooser, place);
  choose(0);

  const metric = report.metrics[0];
  const extremes = section("extremes", "Best and worst", `Of each method the image with the best and with the worst ${metric ? metric.title : "value"}: reference, measurement, sample.` + ofSamples);
  const extremePlace = make("div", {className: "extremes"});
  const [extremeChooser, chooseExtreme] = choices(report.settings.map((setting) => setting.title), (index) => {
    extremePlace.replaceChildren(...report.settings[index].extremes.map((entry) => make("div", {className: "card"}, make("h4", {}, entry.method),
      ...entry.images.flatMap((image) => [
        make("div", {className: "triple"}, picture(image.reference, "reference"), picture(image.measurement, "measurement"), picture(image.sample, entry.method)),
        make("div", {className: "caption"}, `${image.which} · image ${image.id} · ${numbersOf(image.metrics)}`)]))));
  });
  extremes.append(extremeChooser, extremePlace);
  chooseExtreme(0);
}

// ---- trajectories
if (report.films.length) {
  const films = section("trajectories", "Trajectories", "The estimate of the image along the reverse process, from noise (left) to the sample (right).");
  const place = make("div");
  const [chooser, choose] = choices(report.films.map((film) => film.title), (index) => {
    const rows = report.films[index].strips.flatMap((strip) => [make("div", {className: "label"}, strip.method),
      make("div", {className: "strip"}, ...strip.frames.map((frame, k) => picture(frame, `${strip.method}, frame ${k + 1} of ${strip.frames.length}`)))]);
    place.replaceChildren(make("div", {className: "film"}, ...rows), make("p", {className: "caption"}, "Image " + report.films[index].image));
  });
  films.append(chooser, place);
  choose(0);
}

// ---- provenance
const provenance = section("provenance", "Provenance");
for (const run of report.runs)
  provenance.append(make("h3", {}, run.title), make("dl", {className: "provenance"}, ...run.entries.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
for (const experiment of report.experiments)
  if (experiment.text) provenance.append(make("h3", {}, experiment.title), make("pre", {}, experiment.text));
main.append(make("footer", {}, "Made by dpsbench. This file holds all it shows and asks the network for nothing."));
