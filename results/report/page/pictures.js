// ---- pictures, and what can be seen of them: themselves, their error, the spread of an image's samples
const source = (index) => "data:image/png;base64," + report.pictures[index].png;
const absent = (index) => index === null || index === undefined;

function picture(index, alt, properties = {}) {
  if (absent(index)) return make("span", {className: "picture"});
  const small = report.pictures[index].side < 128 ? " small-pixels" : "";
  return make("img", {className: "picture" + small, src: source(index), alt, title: alt, loading: "lazy", ...properties});
}

/** The pixels of a picture, once it is decoded. */
async function pixelsOf(index) {
  const image = new Image();
  await new Promise((done, fail) => { image.onload = done; image.onerror = fail; image.src = source(index); });
  const canvas = make("canvas", {width: image.naturalWidth, height: image.naturalHeight});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Black, red, yellow, white: from 0 to 1. */
function heat(value, data, at) {
  const v = Math.min(1, Math.max(0, value));
  data[at] = 255 * Math.min(1, 3 * v);
  data[at + 1] = 255 * Math.min(1, Math.max(0, 3 * v - 1));
  data[at + 2] = 255 * Math.min(1, Math.max(0, 3 * v - 2));
  data[at + 3] = 255;
}

/** |sample - original| in [-1, 1] units, the mean of the channels; white is `scale` and more. */
function errorMap(sample, original, scale) {
  const map = new ImageData(sample.width, sample.height);
  for (let at = 0; at < map.data.length; at += 4) {
    let sum = 0;
    for (let c = 0; c < 3; ++c) sum += Math.abs(sample.data[at + c] - original.data[at + c]);
    heat(sum / 3 / 127.5 / scale, map.data, at);
  }
  return map;
}

/** A spread as it is stored, grey, white at `report.spread_scale`, in the colours of errors. */
function spreadMap(spread) {
  const map = new ImageData(spread.width, spread.height);
  for (let at = 0; at < map.data.length; at += 4) heat(spread.data[at] / 255, map.data, at);
  return map;
}
