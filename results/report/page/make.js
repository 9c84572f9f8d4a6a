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
    if (typeof child !== "string" || tag === "option" || tag === "pre" || tag === "button") { element.append(child); continue; }
    child.split("σ_y").forEach((part, k) => {
      if (k > 0) element.append("σ", make("sub", {}, "y"));
      element.append(part);
    });
  }
  return element;
}

function section(id, title, lead) {
  const element = make("section", {id}, make("h2", {tabIndex: -1}, title), lead ? make("p", {className: "lead"}, lead) : null);
  main.append(element);
  const link = make("a", {href: "#" + id, onclick: (event) => { event.preventDefault(); address.go(id); }}, title);
  document.getElementById("nav").insertBefore(link, document.getElementById("theme"));
  return element;
}

/** A list to choose from, its choice kept in the address under `key`. `onChoose` is told the number of the choice. */
function chooser(key, title, labels, onChoose, first = 0) {
  const select = make("select", {title, "aria-label": title}, ...labels.map((label, index) => make("option", {value: index}, label)));
  const choose = (index) => { select.value = index; onChoose(index); };
  select.addEventListener("input", () => { address.set(key, select.value, String(first)); onChoose(Number(select.value)); });
  address.watch(key, (text) => {
    const index = Number(text ?? first);
    if (Number.isInteger(index) && index >= 0 && index < labels.length) choose(index);
  });
  return labels.length > 1 ? select : null;
}

/** Boxes to tick behind a word: `onChange` is told the numbers of those that are ticked, which the address keeps. */
function ticks(key, title, labels, first, onChange) {
  const boxes = labels.map((label, index) => make("input", {type: "checkbox", checked: first.includes(index)}));
  const ticked = () => boxes.flatMap((box, index) => (box.checked ? [index] : []));
  const count = make("span");
  const tell = () => {
    count.textContent = ` ${ticked().length} of ${labels.length}`;
    onChange(ticked());
  };
  const changed = () => { address.set(key, ticked().join(","), first.join(",")); tell(); };
  const all = (value) => make("button", {onclick: () => { boxes.forEach((box) => { box.checked = value; }); changed(); }}, value ? "All" : "None");
  boxes.forEach((box) => box.addEventListener("input", changed));
  address.watch(key, (text) => {
    const chosen = text === undefined ? first : text.split(",").filter((part) => part).map(Number);
    boxes.forEach((box, index) => { box.checked = chosen.includes(index); });
    tell();
  });
  return make("details", {className: "ticks"}, make("summary", {}, title, count), make("div", {className: "menu"}, make("div", {}, all(true), all(false)),
    ...labels.map((label, index) => make("label", {}, boxes[index], make("span", {}, label)))));
}

const figuresOf = (metrics) => report.metrics.filter((metric) => metric.name in metrics && metrics[metric.name] !== null)
  .map((metric) => `${metric.title} ${metrics[metric.name].toFixed(metric.decimals)}`).join(" · ");
