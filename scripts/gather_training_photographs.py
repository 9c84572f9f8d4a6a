#!/usr/bin/env python3
"""Gathers the photographs that photo64 is trained on, and those held out, from Debian's and PyPI's packages:

    scripts/gather_training_photographs.py TARGET     -> TARGET/train, TARGET/held-out, TARGET/validation

held-out are the ten of scripts/gather_photographs, validation those of scripts/gather_validation_photographs; train has the 24 of
the former and all that SOURCES names. docs/photographs.md lists them with their licences. Needs apt-get (Debian), pip and a network.
"""
import io
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

# package -> photographs in it: files, or for GCompris the resources of an activity, all of them
WALLPAPERS = {
    "mate-backgrounds": ["usr/share/backgrounds/mate/nature/%s.jpg" % name for name in
                         "Aqua Blinds Dune FreshFlower Garden GreenMeadow LadyBird RainDrops Storm TwoWings Wood YellowFlower".split()],
    "plasma-workspace-wallpapers": ["usr/share/wallpapers/%s/contents/images/2560x1600.jpg" % name for name in
                                    "Autumn BytheWater ColdRipple ColorfulCups DarkestHour EveningGlow FallenLeaf Grey Kite OneStandsOut Path summer_1am".split()],
}
GCOMPRIS = ["erase", "explore_monuments", "explore_world_animals", "explore_farm_animals", "explore_world_music", "clickgame"]
LEAST_SIDE = 400  # of a resource, pixels: smaller ones are icons
LONGEST_KEPT = 1600  # larger photographs are shrunk to this short side


def resources(path):
    """The files of a Qt resource (rcc) by name."""
    data = path.read_bytes()
    version, tree, contents, names = struct.unpack(">IIII", data[4:20])
    node_size = 22 if version >= 2 else 14

    def name_at(offset):
        length = struct.unpack(">H", data[names + offset:names + offset + 2])[0]
        return data[names + offset + 6:names + offset + 6 + 2 * length].decode("utf-16-be")

    def walk(index, prefix):
        node = tree + index * node_size
        name_offset, flags = struct.unpack(">IH", data[node:node + 6])
        name = prefix + "/" + name_at(name_offset) if index else ""
        if flags & 2:  # a folder
            count, first = struct.unpack(">II", data[node + 6:node + 14])
            for child in range(first, first + count):
                yield from walk(child, name)
            return
        start = contents + struct.unpack(">I", data[node + 10:node + 14])[0]
        body = data[start + 4:start + 4 + struct.unpack(">I", data[start:start + 4])[0]]
        yield name, zlib.decompress(body[4:]) if flags & 1 else body

    yield from walk(0, "")


def unpack(package, work):
    folder = work / package
    subprocess.run(["apt-get", "download", "-q", package], cwd=work, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["dpkg-deb", "-x", str(next(work.glob(package + "_*.deb"))), str(folder)], check=True)
    return folder


def save(image, file):
    """As PNG, shrunk to what training looks at."""
    image = image.convert("RGB")
    factor = LONGEST_KEPT / min(image.size)
    if factor < 1:
        image = image.resize([round(side * factor) for side in image.size], reducing_gap=3)
    image.save(file, compress_level=1)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1]).absolute()
    scripts = pathlib.Path(__file__).parent
    subprocess.run([scripts / "gather_photographs", target], check=True)
    subprocess.run([scripts / "gather_validation_photographs", target / "validation"], check=True)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o777)  # apt-get downloads as another user
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(work / "python"), "pillow"], check=True)
        sys.path.insert(0, str(work / "python"))
        from PIL import Image
        for package, files in WALLPAPERS.items():
            folder = unpack(package, work)
            for file in map(pathlib.Path, files):
                title = file.parts[-4] if "contents" in file.parts else file.stem
                save(Image.open(folder / file), target / "train" / f"{package.split('-')[0]}-{title}.png")
        folder = unpack("gcompris-qt-data", work)
        for activity in GCOMPRIS:
            for title, content in resources(folder / f"usr/share/gcompris-qt/rcc/{activity}.rcc"):
                if not title.endswith((".webp", ".jpg", ".png")):
                    continue
                image = Image.open(io.BytesIO(content))
                if min(image.size) >= LEAST_SIDE and image.mode == "RGB":
                    save(image, target / "train" / f"{activity}-{pathlib.PurePosixPath(title).stem}.png")
    for folder in ("train", "held-out", "validation"):
        print(f"{target / folder}: {len(list((target / folder).iterdir()))} photographs")


main()
