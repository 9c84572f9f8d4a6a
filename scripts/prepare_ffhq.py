#!/usr/bin/env python3
"""FFHQ as experiments read it: pictures of 256 x 256 called 00000.png, 00001.png, ... in one folder.

Usage: scripts/prepare_ffhq.py SOURCE FOLDER [--first 0] [--count 1000] [--side 256] [--links]

SOURCE is any of the forms that FFHQ is given away in: a folder of 00000.png ... (the 1024 x 1024 or the thumbnails' layout, in
subfolders 00000, 01000, ... or not), or a .zip file of these. Pictures of another size are averaged down in boxes where the side
is a multiple (1024 to 256: each 4 x 4 pixels one), else refused. --links makes links to pictures that are right as they are.
What is already there, of the right size, is left. A file SHA256SUMS lists what the folder holds: two people whose lists are
equal have the same images. Needs Pillow and NumPy.
"""
import argparse
import pathlib
import sys
import zipfile

from prepared_pictures import averaged, picture_of, write_sums


def sources(source):
    """Number -> how its bytes are read, of every picture called by five digits."""
    if source.is_dir():
        files = {path.stem: path for path in sorted(source.rglob("*.png"))}
        return {int(stem): path.read_bytes for stem, path in files.items() if stem.isdigit() and len(stem) == 5}, files
    if zipfile.is_zipfile(source):
        archive = zipfile.ZipFile(source)
        names = {pathlib.PurePosixPath(name).stem: name for name in archive.namelist() if name.endswith(".png")}
        return {int(stem): (lambda name=name: archive.read(name)) for stem, name in names.items()
                if stem.isdigit() and len(stem) == 5}, {}
    sys.exit(f"{source}: neither a folder nor a .zip file")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--links", action="store_true")
    args = parser.parse_args()
    found, files = sources(args.source)
    wanted = range(args.first, args.first + args.count)
    absent = [number for number in wanted if number not in found]
    if absent:
        sys.exit(f"{args.source}: {len(absent)} of the pictures {wanted[0]:05} to {wanted[-1]:05} are not there, the first {absent[0]:05}.png")
    args.folder.mkdir(parents=True, exist_ok=True)
    for number in wanted:
        target = args.folder / f"{number:05}.png"
        if target.exists() and picture_of(target.read_bytes(), target).size == (args.side, args.side):
            continue
        picture = picture_of(found[number](), f"{number:05}.png")
        if picture.size == (args.side, args.side) and args.links and f"{number:05}" in files:
            target.unlink(missing_ok=True)
            target.symlink_to(files[f"{number:05}"].resolve())
            continue
        averaged(picture, args.side, f"{number:05}.png").save(target, format="PNG")
    write_sums(args.folder, [f"{number:05}.png" for number in wanted])
    print(f"{args.count} pictures of {args.side} x {args.side} in {args.folder}")


if __name__ == "__main__":
    main()
