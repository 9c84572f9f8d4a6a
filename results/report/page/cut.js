/** Two pictures on top of each other, the cut between them moved by hand. Returns the viewer, and what shows an image (a
    number) with the view of that number at the right. */
function cutViewer(setting) {
  const views = ["Original", "Measurement", ...setting.methods];
  const under = make("img", {alt: "right picture"}), over = make("img", {alt: "left picture"}), cut = make("div", {className: "cut"});
  const stage = make("div", {className: "stage"}, under, over, cut);
  const range = make("input", {type: "range", min: 0, max: 100, value: 50, "aria-label": "Where the two pictures meet"});
  const side = (title) => make("select", {title, "aria-label": title}, ...views.map((view, index) => make("option", {value: index}, view)));
  const left = side("Left"), right = side("Right");
  const said = make("p", {className: "said"});
  const state = {image: 0};
  const pictureOf = (view) => {
    const image = setting.images[state.image];
    return view === 0 ? image.reference : view === 1 ? image.measurement : image.samples[view - 2].picture;
  };
  const numbers = (view) => {
    const image = setting.images[state.image];
    return view === 0 ? "" : view === 1 ? measured(image) : figuresOf(image.samples[view - 2].metrics);
  };
  const draw = () => {
    const [a, b] = [Number(left.value), Number(right.value)];
    for (const [element, view] of [[over, a], [under, b]]) {
      const index = pictureOf(view);
      element.hidden = absent(index);
      if (absent(index)) continue;
      element.src = source(index);
      element.alt = `${views[view]}, image ${setting.images[state.image].id}`;
      element.classList.toggle("small-pixels", report.pictures[index].side < 128);
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

/** "PSNR 32.25 dB" below a measurement that is a picture. */
const measured = (image) => (image.measurement_psnr === null || image.measurement_psnr === undefined ? "" : `PSNR ${image.measurement_psnr.toFixed(2)} dB`);
