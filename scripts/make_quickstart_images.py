#!/usr/bin/env python3
"""Cuts the images of the quickstart (32 x 32) and of photo64 (64 x 64) out of the same places of photographs.

Needs Pillow and Debian's plasma-workspace-data, whose photographs (512 x 512) are CC0:
    scripts/make_quickstart_images.py [FOLDER OF PHOTOGRAPHS] [32 or 64]

A crop is the square of `side` pixels whose upper left corner is (left, top), brought to its size with Pillow's
antialiased Lanczos filter.
"""
import pathlib
import sys

from PIL import Image

PHOTOS = "/usr/share/plasma/avatars/photos"
CROPS = {  # photograph: [(left, top, side)]
    "Air Balloon": [(86, 68, 341), (150, 110, 200)],
    "Bulb": [(50, 40, 420), (170, 60, 220)],
    "Cat": [(30, 80, 420), (105, 175, 220)],
    "Dog": [(30, 50, 450), (60, 90, 300), (210, 150, 256)],
    "Gamepad": [(10, 10, 480), (50, 180, 240), (210, 20, 220)],
    "Pancakes": [(0, 0, 440), (60, 60, 260)],
    "Parrot": [(60, 40, 420), (70, 50, 256), (190, 120, 256)],
    "Shuttle": [(60, 60, 440), (70, 70, 240), (230, 180, 220)],
    "Soccer": [(171, 130, 341), (262, 220, 250)],
    "Sunflower": [(40, 35, 430), (130, 130, 260)],
}
FOLDERS = {32: "quickstart", 64: "photo64"}
UPSIDE_DOWN = {"cat-2"}  # the cat lies on its back


def main():
    photos = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else PHOTOS)
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 32
    target = pathlib.Path(__file__).resolve().parent.parent / "experiments" / FOLDERS[size] / "images"
    target.mkdir(parents=True, exist_ok=True)
    for name, crops in CROPS.items():
        photo = Image.open(photos / f"{name}.png").convert("RGB")
        for number, (left, top, side) in enumerate(crops, start=1):
            crop = photo.resize((size, size), Image.LANCZOS, box=(left, top, left + side, top + side))
            stem = f"{name.lower().replace(' ', '_')}-{number}"
            if stem in UPSIDE_DOWN:
                crop = crop.rotate(180)
            crop.save(target / f"{stem}.png", optimize=True)


main()
