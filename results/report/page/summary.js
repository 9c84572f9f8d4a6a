// ---- summary: each setting's methods by a metric, and what the best one made of the first image
const most_ranked = 6;

/** Methods from best to worst, each with its interval on one axis: a dot at the mean, a line over the interval. */
function ranking(rows, metric) {
  const known = rows.filter((row) => row.entry.value !== null);
  const loss = (row) => metric.better === "higher" ? -row.entry.value : metric.better === "lower" ? row.entry.value : Math.abs(row.entry.value - metric.target);
  known.sort((a, b) => loss(a) - loss(b));
  const shown = known.slice(0, most_ranked);
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
  const more = known.length > shown.length ? make("p", {className: "caption"}, `the first ${shown.length} of ${known.length} methods`) : null;
  return [line, more, known.length ? known[0].at : 0];
}

function summaryCard(setting, metric) {
  const table = report.tables[0];
  const part = table.sections.find((one) => one.title === setting.title);
  const column = table.columns.findIndex((one) => one.key === metric.name);
  if (!part || column < 0) return null;
  const rows = part.rows.slice(0, setting.methods.length);  // those that have pictures come first
  const [ranked, more, best] = ranking(rows.map((row, at) => ({method: setting.methods[at], entry: row[column], at})), metric);
  const image = setting.images[0];
  const pictures = image ? [make("div", {className: "triple"}, picture(image.measurement, "measurement"), picture(image.samples[best].picture, setting.methods[best]), picture(image.reference, "original")),
    make("div", {className: "labels"}, make("span", {}, "measurement"), make("span", {}, setting.methods[best]), make("span", {}, "original"))] : [];
  return make("div", {className: "card"}, make("h3", {}, setting.title), ...pictures, ranked, more);
}

if (report.metrics.length && report.tables.length) {
  const cards = make("div", {className: "cards"});
  const show = (index) => cards.replaceChildren(...report.settings.map((setting) => summaryCard(setting, report.metrics[index])).filter((card) => card));
  show(0);
  if (cards.childElementCount) {
    const place = section("summary", "Summary", "The best methods of each setting, with 95 % intervals; above, what the best one made of an image. Blue: best; underlined: not distinguishable from it on the same images.");
    place.append(make("div", {className: "tools"}, chooser("metric", "Metric", report.metrics.map((metric) => metric.title), show)), cards);
  }
}

const tables = section("tables", "Tables", "Bold: the best mean of a setting. Underlined: not distinguishable from it on the same images. Click a head to sort, ↻ for the command that repeats a row (with the experiment as under Provenance).");
report.tables.forEach((data, index) => {
  tables.append(make("h3", {id: "table-" + data.stem}, data.title), ...tableWithTools(data, data.stem || String(index)));
  tables.append(make("details", {open: index === 0 && report.tables.length === 1}, make("summary", {}, "What the numbers mean"), make("ul", {}, ...data.notes.map((note) => make("li", {}, note)))));
});

// ---- figures
if (report.figures.length) {
  const figures = section("figures", "Figures");
  const place = make("div", {className: "figures"});
  const groups = [...new Set(report.figures.map((figure) => figure.group))];
  const choose = chooser("figures", "Kind of figure", groups, (index) => {
    place.replaceChildren(...report.figures.filter((figure) => figure.group === groups[index]).map((figure) =>
      make("figure", {className: "figure"}, make("img", {src: "data:image/svg+xml;base64," + figure.svg, alt: figure.title}),
        make("figcaption", {}, figure.caption))));
  });
  figures.append(make("div", {className: "tools"}, choose), place);
}
