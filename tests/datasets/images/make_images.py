"""Makes the image files that the tests read, with encoders other than the project's own. Needs Pillow and numpy.

Byte images hold pattern(c, y, x) = (40 c + 17 y + 5 x) mod 256, 6 rows of 10.
"""
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).parent
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
c, y, x = np.meshgrid(np.arange(4), np.arange(6), np.arange(10), indexing="ij")
pattern = ((40 * c + 17 * y + 5 * x) % 256).astype(np.uint8).transpose(1, 2, 0)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png(name, pixels, bits, interlaced=False):
    height, width, channels = pixels.shape
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for left, top, step_x, step_y in passes:
        part = pixels[top::step_y, left::step_x]
        if part.size:
            rows += b"".join(b"\0" + row.astype(">u2" if bits == 16 else "u1").tobytes() for row in part)
    header = struct.pack(">IIBBBBB", width, height, bits, {1: 0, 3: 2}[channels], 0, 0, int(interlaced))
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + body)


Image.fromarray(pattern[..., :3]).save(FOLDER / "rgb.png")
Image.fromarray(pattern).save(FOLDER / "rgba.png")
Image.fromarray(pattern[..., 0]).save(FOLDER / "grey.png")
Image.fromarray(np.stack([pattern[..., 0], pattern[..., 1]], -1), "LA").save(FOLDER / "grey_alpha.png")
Image.fromarray((pattern[..., 0] > 60)).save(FOLDER / "one_bit.png")
palette = Image.fromarray((pattern[..., 0] // 17) % 16, "P")
palette.putpalette([v for k in range(16) for v in (16 * k, 255 - 16 * k, 5 * k)])
palette.save(FOLDER / "palette.png", bits=4, transparency=3)
colour = pattern[..., :3].astype(int)
write_png("rgb16.png", np.clip(colour * 257 + np.where(colour % 2, 120, -120), 0, 65535), 16)  # rounds to pattern
write_png("grey16.png", pattern[..., :1].astype(int) * 257, 16)
write_png("interlaced.png", pattern[..., :3], 8, interlaced=True)

smooth = np.stack([128 + 100 * np.sin(0.3 * y[0] + 0.2 * x[0] + k) for k in range(3)], -1).round().astype(np.uint8)
smooth = np.asarray(Image.fromarray(smooth).resize((37, 23), Image.BICUBIC))
for name, image, progressive in [("baseline", smooth, False), ("progressive", smooth, True), ("grey_jpeg", smooth[..., 0], False)]:
    Image.fromarray(image).save(FOLDER / f"{name}.jpg", quality=85, progressive=progressive)
    Image.open(FOLDER / f"{name}.jpg").save(FOLDER / f"{name}.decoded.png")
for orientation, order in [(6, "II"), (8, "MM")]:  # cameras held upright; phones write either order of bytes
    exif = Image.Exif()
    exif.endian = {"II": "<", "MM": ">"}[order]
    exif[0x0112], exif[0x010F] = orientation, "A camera"
    body = exif.tobytes()
    assert body[6:8] == order.encode()
    Image.fromarray(smooth).save(FOLDER / f"orientation-{orientation}.jpg", quality=85, exif=body)
    shown = ImageOps.exif_transpose(Image.open(FOLDER / f"orientation-{orientation}.jpg"))
    assert shown.size == (23, 37)
    Image.fromarray(np.asarray(shown)).save(FOLDER / f"orientation-{orientation}.decoded.png")
Image.fromarray(smooth).convert("CMYK").save(FOLDER / "cmyk.jpg")

photo = np.asarray(Image.fromarray(pattern[..., :3]).resize((60, 44), Image.BICUBIC))
Image.fromarray(photo).save(FOLDER / "resize_input.png")
Image.fromarray(photo).resize((16, 16), Image.BICUBIC, box=(8, 0, 52, 44)).save(FOLDER / "resize_to_16.png")
