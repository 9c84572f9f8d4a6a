"""What the preparation of data sets shares: pictures read, shrunk and listed."""
import hashlib
import io
import sys

import numpy as np
from PIL import Image


def picture_of(content, name):
    """An RGB picture of a file's bytes; ends the program where it is none, naming it."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.load()
    except (OSError, SyntaxError) as error:
        sys.exit(f"{name}: no picture that can be read: {error}")
    return picture.convert("RGB")


def averaged(picture, side, name):
    """A square picture of another size averaged down in boxes; ends the program where its side is no multiple."""
    if picture.size == (side, side):
        return picture
    width, height = picture.size
    if width != height or width % side != 0:
        sys.exit(f"{name}: {width} x {height} pixels; allowed: squares whose side is a multiple of {side}")
    return picture.reduce(width // side)


def cropped(picture, side):
    """The square in the middle as guided-diffusion cuts it: halved in boxes while the shorter side is at least 2 `side`, then
    resampled (bicubic) until it is `side`, then cropped."""
    while min(picture.size) >= 2 * side:
        picture = picture.resize(tuple(length // 2 for length in picture.size), resample=Image.BOX)
    scale = side / min(picture.size)
    picture = picture.resize(tuple(round(length * scale) for length in picture.size), resample=Image.BICUBIC)
    pixels = np.array(picture)
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return Image.fromarray(pixels[top:top + side, left:left + side])


def write_sums(folder, names):
    """SHA256SUMS of a folder, as sha256sum -c takes it: over the pixels' files as they lie there."""
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in sorted(names)]
    (folder / "SHA256SUMS").write_text("".join(lines))
