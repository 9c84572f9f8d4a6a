const lens_side = 120, lens_power = 3, most_under_lens = 6;  // pixels of the screen; times the zoom; larger needs none

/** Several pictures of one image side by side at a whole-number zoom, moved together, a lens over one place of all; as they
    are, their errors, or the spread of their samples. Returns the panes, and what shows the image of a number. */
function panesViewer(setting) {
  const views = ["Original", "Measurement", ...setting.methods];
  const state = {image: 0, shown: [], zoom: 0, kind: 0};
  const place = make("div", {className: "panes"});
  const kinds = ["Pictures", "Errors", "Spread"].slice(0, !setting.maps ? 1 : setting.images.some((image) => image.samples.some((sample) => !absent(sample.spread))) ? 3 : 2);
  const zooms = [0, 1, 2, 3, 4, 8];
  const legend = make("p", {className: "caption"});
  let turn = 0;

  const pixels = async (image, view) => {
    if (state.kind === 0 || view < 2) return pixelsOf(view === 0 ? image.reference : view === 1 ? image.measurement : image.samples[view - 2].picture);
    const sample = image.samples[view - 2];
    if (state.kind === 1) return errorMap(await pixelsOf(sample.picture), await pixelsOf(image.reference), report.spread_scale);
    return absent(sample.spread) ? null : spreadMap(await pixelsOf(sample.spread));
  };
  const pane = (view, image, data) => {
    const canvas = make("canvas", {width: data.width, height: data.height, role: "img", "aria-label": `${views[view]}, image ${image.id}`});
    canvas.getContext("2d").putImageData(data, 0, 0);
    const glass = make("div", {className: "window", tabIndex: 0, "aria-label": views[view]}, canvas);
    const fit = Math.max(1, Math.floor((place.firstElementChild?.clientWidth || place.clientWidth || 240) / Math.max(data.width, 1)));
    const zoom = state.zoom || Math.min(fit, 16);
    canvas.style.width = `${data.width * zoom}px`;
    canvas.style.height = `${data.height * zoom}px`;
    const lens = make("canvas", {className: "lens", hidden: true, width: lens_side, height: lens_side, "aria-hidden": "true"});
    const pen = lens.getContext("2d");
    const power = zoom * lens_power;
    glass.append(lens);
    glass.look = (x, y) => {
      lens.hidden = x === undefined || zoom > most_under_lens;
      if (lens.hidden) return;
      pen.imageSmoothingEnabled = false;
      pen.clearRect(0, 0, lens_side, lens_side);
      pen.drawImage(canvas, lens_side / 2 - x * power, lens_side / 2 - y * power, data.width * power, data.height * power);
      lens.style.translate = `${x * zoom - lens_side / 2}px ${y * zoom - lens_side / 2}px`;
    };
    const looks = (...at) => { for (const other of place.querySelectorAll(".window")) other.look(...at); };
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      looks((event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom);
    });
    canvas.addEventListener("pointerleave", () => looks());
    glass.addEventListener("scroll", () => {  // all windows look at one place
      for (const other of place.querySelectorAll(".window"))
        if (other !== glass && (other.scrollLeft !== glass.scrollLeft || other.scrollTop !== glass.scrollTop)) other.scrollTo(glass.scrollLeft, glass.scrollTop);
    });
    const numbers = view === 0 ? "" : view === 1 ? measured(image) : figuresOf(image.samples[view - 2].metrics);
    return make("figure", {className: "pane"}, glass, make("figcaption", {}, make("b", {}, views[view]), make("span", {}, numbers)));
  };
  const draw = async () => {
    const mine = ++turn;
    const image = setting.images[state.image];
    const drawn = [];
    for (const view of state.shown) {
      if (view === 0 ? absent(image.reference) : view === 1 ? absent(image.measurement) : absent(image.samples[view - 2].picture)) continue;
      const data = await pixels(image, view);
      if (mine !== turn) return;  // something else was asked for meanwhile
      if (data) drawn.push([view, data]);
    }
    place.replaceChildren(...drawn.map(() => make("figure", {className: "pane"})));  // their width tells what fits
    place.replaceChildren(...drawn.map(([view, data]) => pane(view, image, data)));
    legend.textContent = ["", `Errors: |sample − original|, mean of the channels, black 0, white ${report.spread_scale} of a range from −1 to 1, and more.`,
      `Spread: standard deviation of an image's samples, black 0, white ${report.spread_scale}, and more.`][state.kind];
  };
  const best = setting.images.length ? setting.images[0].samples.map((sample, at) => at).slice(0, 2) : [];
  const tools = make("div", {className: "tools"},
    ticks("panes", "Side by side", views, [0, 1, ...best.map((at) => at + 2)], (shown) => { state.shown = shown; draw(); }),
    chooser("view", "What is shown of them", kinds, (kind) => { state.kind = kind; draw(); }),
    chooser("zoom", "Zoom", ["As large as fits", ...zooms.slice(1).map((zoom) => `${zoom} ×`)], (index) => { state.zoom = zooms[index]; draw(); }));
  return [make("div", {}, tools, place, legend), (image) => { state.image = image; draw(); }];
}
