const images_a_page = 10;

/** The images first ... of a setting, a row each, a column a method. `onChoose` is told image and view of a click. */
function contactSheet(setting, first, onChoose) {
  const heads = make("tr", {}, make("th", {scope: "col"}, "Image"), make("th", {scope: "col"}, "Original"), make("th", {scope: "col"}, "Measurement"), ...setting.methods.map((method) => make("th", {scope: "col", title: method}, make("span", {className: "head"}, method))));
  const table = make("table", {}, make("caption", {className: "unseen"}, `Images of ${setting.title}`), make("thead", {}, heads), make("tbody"));
  const buttons = [];
  setting.images.slice(first, first + images_a_page).forEach((image, row) => {
    const line = make("tr", {}, make("th", {scope: "row", title: image.id}, image.id));
    const views = [[image.reference, "original", ""], [image.measurement, "measurement", measured(image)], ...image.samples.map((sample, index) => [sample.picture, setting.methods[index], figuresOf(sample.metrics)])];
    views.forEach(([index, name, numbers], view) => {
      if (absent(index)) { line.append(make("td")); return; }
      const shown = picture(index, `${name}, image ${image.id}${numbers ? ": " + numbers : ""}`);
      if (view > 0 && !absent(image.reference)) {  // while the pointer rests on a picture it turns into the original
        shown.addEventListener("pointerenter", () => { shown.src = source(image.reference); });
        shown.addEventListener("pointerleave", () => { shown.src = source(index); });
      }
      const button = make("button", {onclick: () => {
        buttons.forEach((other) => other.setAttribute("aria-pressed", other === button));
        onChoose(first + row, view);
      }}, shown);
      button.place = [row, view];
      buttons.push(button);
      line.append(make("td", {}, button, make("span", {}, numbers ? numbers.split(" · ")[0].replace("PSNR ", "") : "\u00a0")));
    });
    table.tBodies[0].append(line);
  });
  table.addEventListener("keydown", (event) => {  // the arrows go from picture to picture
    const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
    const from = document.activeElement.place;
    if (!step || !from) return;
    const next = buttons.find((button) => button.place[0] === from[0] + step[0] && button.place[1] === from[1] + step[1]);
    if (next) { event.preventDefault(); next.focus(); }
  });
  const sheet = make("div", {className: "sheet", tabIndex: 0, role: "region", "aria-label": `Images of ${setting.title}`}, table);
  sheet.style.setProperty("--columns", setting.methods.length + 2);
  return sheet;
}

/** Back, where one is, on: `onTurn` is told the first of a page. Returns the buttons, and what turns to a page. */
function pager(count, size, key, onTurn) {
  const said = make("span", {role: "status"});
  let first = 0;
  const turn = (to) => {
    first = Math.min(Math.max(0, to), Math.max(0, Math.floor((count - 1) / size) * size));
    back.disabled = first === 0;
    on.disabled = first + size >= count;
    said.textContent = count ? `${first + 1} to ${Math.min(count, first + size)} of ${count}` : "none";
    onTurn(first);
  };
  const move = (by) => { turn(first + by); address.set(key, String(first), "0"); };
  const back = make("button", {onclick: () => move(-size), "aria-label": "Page before"}, "←");
  const on = make("button", {onclick: () => move(size), "aria-label": "Next page"}, "→");
  return [make("div", {className: "pager"}, back, said, on), turn];
}
