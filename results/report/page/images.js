// ---- images, compared
if (report.settings.some((setting) => setting.images.length)) {
  const ofSamples = report.several_samples ? " Pictures are of an image's first sample, numbers of all its samples." : "";
  const images = section("images", "Images", "Drag the cut to compare two pictures; rest the pointer on a picture to see the original in its place; click one to open it beside the left picture." + ofSamples);
  if (report.images_left_out) images.append(make("p", {className: "caption"}, report.images_left_out));
  const place = make("div");
  const show = (index) => {
    const setting = report.settings[index];
    if (!setting.images.length) { place.replaceChildren("No image of this setting."); return; }
    const [cut, showCut] = cutViewer(setting);
    const [panes, showPanes] = panesViewer(setting);
    const choose = (image, view) => {
      showCut(image, view);
      showPanes(image);
      address.set("image", setting.images[image].id, setting.images[0].id);
    };
    const sheet = make("div");
    const [pages, turn] = pager(setting.images.length, images_a_page, "page", (first) => sheet.replaceChildren(contactSheet(setting, first, choose)));
    place.replaceChildren(make("div", {className: "compare"}, cut, make("div", {className: "right"}, pages, sheet)), make("h3", {}, "Side by side"), panes);
    address.watch("page", (text) => turn(Number(text) || 0));
    address.watch("image", (id) => {
      const at = setting.images.findIndex((image) => image.id === id);
      showCut(Math.max(0, at), null);
      showPanes(Math.max(0, at));
    });
  };
  const choose = chooser("setting", "Setting", report.settings.map((setting) => setting.title), show);
  images.append(make("div", {className: "tools"}, choose), place);
}

if (report.settings.some((setting) => setting.extremes.length)) {
  const metric = report.metrics[0];
  const extremes = section("extremes", "Best and worst", `Of each method the image with the best and with the worst ${metric ? metric.title : "value"}: original, measurement, sample.`);
  const place = make("div", {className: "extremes"});
  const choose = chooser("extremes", "Setting", report.settings.map((setting) => setting.title), (index) => {
    place.replaceChildren(...report.settings[index].extremes.map((entry) => make("div", {className: "card"}, make("h3", {}, entry.method),
      ...entry.images.flatMap((image) => [
        absent(image.sample) ? null : make("div", {className: "triple"}, picture(image.reference, "original"), picture(image.measurement, "measurement"), picture(image.sample, entry.method)),
        make("div", {className: "caption"}, `${image.which} · image ${image.id} · ${figuresOf(image.metrics)}`)]))));
  });
  extremes.append(make("div", {className: "tools"}, choose), place);
}

// ---- trajectories
if (report.films.length) {
  const films = section("trajectories", "Trajectories", "The estimate of the image along the reverse process, from noise (left) to the sample (right).");
  const place = make("div");
  const choose = chooser("film", "Setting", report.films.map((film) => film.title), (index) => {
    const rows = report.films[index].strips.flatMap((strip) => [make("div", {className: "label", title: strip.method}, strip.method),
      make("div", {className: "strip", tabIndex: 0}, ...strip.frames.map((frame, k) => picture(frame, `${strip.method}, frame ${k + 1} of ${strip.frames.length}`)))]);
    place.replaceChildren(make("div", {className: "film"}, ...rows), make("p", {className: "caption"}, "Image " + report.films[index].image));
  });
  films.append(make("div", {className: "tools"}, choose), place);
}
