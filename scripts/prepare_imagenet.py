#!/usr/bin/env python3
"""ImageNet's validation images as experiments read them: squares of 256 x 256 called 00000001.png ... in one folder.

Usage: scripts/prepare_imagenet.py SOURCE FOLDER [--ids experiments/imagenet_val_ids.txt] [--side 256]

SOURCE holds ILSVRC2012_val_00000001.JPEG ..., as a folder (in class folders or not) or as ILSVRC2012_img_val.tar. Of these the
ones that the list names are taken, by their eight digits. They are cropped as guided-diffusion crops its training images: halved
in boxes while the shorter side is at least twice 256, resampled (bicubic) to 256, the square in the middle. The network was
trained on such crops; `resize: true` in an experiment crops first and resamples then, which gives other pixels: say which you used.
A file SHA256SUMS lists what the folder holds. Needs Pillow and NumPy; other versions of Pillow may decode JPEG to other last bits.
"""
import argparse
import pathlib
import re
import sys
import tarfile

from prepared_pictures import cropped, picture_of, write_sums

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = re.compile(r"ILSVRC2012_val_(\d{8})\.JPEG$")


def contents(source, wanted):
    """(id, bytes) of the wanted pictures, in the order of the source."""
    if source.is_dir():
        for path in sorted(source.rglob("*.JPEG")):
            found = NAME.search(path.name)
            if found and found[1] in wanted:
                yield found[1], path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in archive:
            found = NAME.search(member.name)
            if found and found[1] in wanted and member.isfile():
                yield found[1], archive.extractfile(member).read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--ids", type=pathlib.Path, default=ROOT / "experiments/imagenet_val_ids.txt")
    parser.add_argument("--side", type=int, default=256)
    args = parser.parse_args()
    wanted = {line.strip() for line in args.ids.read_text().splitlines() if line.strip()}
    args.folder.mkdir(parents=True, exist_ok=True)
    done = set()
    try:
        for number, content in contents(args.source, wanted):
            cropped(picture_of(content, number), args.side).save(args.folder / f"{number}.png", format="PNG")
            done.add(number)
    except tarfile.TarError as error:
        sys.exit(f"{args.source}: neither a folder nor a .tar file that can be read: {error}")
    absent = sorted(wanted - done)
    if absent:
        sys.exit(f"{args.source}: {len(absent)} of {len(wanted)} pictures of {args.ids} are not there, the first {absent[0]}")
    write_sums(args.folder, [f"{number}.png" for number in wanted])
    print(f"{len(wanted)} pictures of {args.side} x {args.side} in {args.folder}")


if __name__ == "__main__":
    main()
