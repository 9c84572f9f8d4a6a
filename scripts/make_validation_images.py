#!/usr/bin/env python3
"""Cuts the images that the methods of the quickstart (32 x 32) and of photo64 (64 x 64) are tuned on out of photographs
that neither their images nor the networks' training images come from.

Needs Pillow and the photographs of two Debian packages and a wheel, unpacked (scripts/gather_validation_photographs):
    scripts/make_validation_images.py FOLDER OF PHOTOGRAPHS [32 or 64]

A crop is the square of `side` pixels whose upper left corner is (left, top), brought to its size with Pillow's
antialiased Lanczos filter. Names begin with the number of the crop, so that the first images are of seven photographs.
"""
import pathlib
import sys

from PIL import Image

CROPS = {  # photograph: its file, [(left, top, side)]
    "bird": ("free_by_Peter_Nerlich.jpg", [(850, 1180, 900), (1250, 150, 1200)]),
    "bridge": ("Bridge_by_Sander_Klootwijk.jpg", [(1900, 900, 1500), (300, 1300, 1000)]),
    "clock": ("greentock_by_Peter_Nerlich.jpg", [(1300, 400, 1100), (100, 1000, 1000)]),
    "dragonfly": ("Dragonfly_by_Bolly.jpg", [(1700, 800, 1500), (200, 900, 1400)]),
    "flower": ("flower.jpg", [(150, 60, 310), (230, 130, 150)]),
    "nuthatch": ("Kleiber_by_Lukas_Baubkus.jpg", [(1900, 1000, 1700), (200, 600, 1800)]),
    "tower": ("china.jpg", [(50, 20, 260), (120, 180, 150)]),
}

FOLDERS = {32: "quickstart", 64: "photo64"}


def main():
    photos = pathlib.Path(sys.argv[1])
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 32
    target = pathlib.Path(__file__).resolve().parent.parent / "experiments" / FOLDERS[size] / "validation"
    target.mkdir(parents=True, exist_ok=True)
    for name, (file, crops) in CROPS.items():
        photo = Image.open(photos / file).convert("RGB")
        for number, (left, top, side) in enumerate(crops, start=1):
            crop = photo.resize((size, size), Image.LANCZOS, box=(left, top, left + side, top + side))
            crop.save(target / f"{number}-{name}.png", optimize=True)


main()
