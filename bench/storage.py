"""What an output takes on disk, array by array, and what a large one of its kind would take.

    scripts/gather_photographs photos
    build/release/dpsbench run bench/storage.yaml --set dataset.path=$PWD/photos/held-out --output out
    python3 bench/storage.py out

Any finished output will do. Counts bytes of each kind: samples in units, what else units take, what they have in common, and results.h5
without its images. Carried over to 200 images of 3 x 256 x 256 and 1000 cells of 50 settings, by pixels where the images are of another size.
Also what is left of the samples with each of deflate's levels, and how long that takes. Needs h5py and NumPy.
"""
import pathlib
import sys
import time
import zlib

import h5py
import numpy

LARGE = {"images": 200, "cells": 1000, "settings": 50, "batch": 8, "numbers": 3 * 256 * 256}
INPUTS = ("reference", "measurement", "measurement_picture")


class Unit:
    """Bytes of a unit: its samples, and what is neither samples nor, as in units of earlier versions, inputs."""

    def __init__(self, path):
        with h5py.File(path) as file:
            samples = file["samples"]
            self.images, self.numbers = samples.shape[0], samples[0].size
            self.samples, self.plain = samples.id.get_storage_size(), samples.size * samples.dtype.itemsize
            links = [name for name in INPUTS if isinstance(file.get(name, getlink=True), h5py.ExternalLink)]
            inside = {file[name].id.get_storage_size() for name in INPUTS if name in file and name not in links}
        self.rest = path.stat().st_size - self.samples - sum(inside)


def stored_once(results, names):
    """Bytes of data sets of these names in all cells, those that are linked once; and how many there are."""
    seen = {}
    for cell in results["cells"].values():
        for name in names:
            if name in cell and not cell[name].is_virtual:
                seen[h5py.h5o.get_info(cell[name].id).addr] = cell[name].id.get_storage_size()
    return sum(seen.values()), len(seen)


def by_level(samples):
    """What each level of deflate leaves of float32 numbers whose bytes are shuffled, an image at a time, and its CPU seconds for a MB."""
    images = [numpy.frombuffer(image.tobytes(), numpy.uint8).reshape(-1, 4).T.tobytes() for image in samples]
    size = sum(map(len, images))
    for level in (1, 4, 6, 9):
        begun = time.process_time()
        left = sum(len(zlib.compress(image, level)) for image in images)
        yield level, left / size, (time.process_time() - begun) / (size / 1e6)


def main():
    output = pathlib.Path(sys.argv[1])
    units = [Unit(path) for path in sorted((output / "units").glob("*.h5"))]
    images = sum(unit.images for unit in units)
    scale = LARGE["numbers"] / units[0].numbers
    with h5py.File(output / "results.h5") as results:
        references, reference_sets = stored_once(results, ["reference"])
        measurements, settings = stored_once(results, INPUTS[1:])
        copies, _ = stored_once(results, ["samples"])
        cells = len(results["cells"])
        of_cell = next(iter(results["cells"].values()))["reference"].shape[0]
        some = [cell["samples"][:2].reshape(-1, units[0].numbers) for cell in results["cells"].values()]
    apart = (output / "results.h5").stat().st_size - references - measurements - copies
    samples = sum(unit.samples for unit in units)
    print(f"{output}: {cells} cells, {len(units)} units, {images} images of {units[0].numbers} numbers")
    print(f"  samples in units {samples:,} of {sum(unit.plain for unit in units):,} bytes, {samples / sum(unit.plain for unit in units):.3f}; "
          f"else in units {sum(unit.rest for unit in units):,}")
    print(f"  inputs {sum(file.stat().st_size for file in (output / 'inputs').glob('*.h5')):,}; results.h5: references {references:,}, "
          f"measurements and pictures {measurements:,} ({settings} of them), copies of samples {copies:,}, the rest {apart:,}")
    for level, left, cost in by_level(numpy.concatenate(some)):
        print(f"  deflate {level}: {left:.3f} is left, {1e3 * cost:.0f} ms of CPU for a MB")
    common = LARGE["images"] * scale * (references / reference_sets + LARGE["settings"] * measurements / settings) / of_cell
    own = LARGE["images"] * LARGE["cells"] * scale * samples / images
    rest = LARGE["images"] * LARGE["cells"] / LARGE["batch"] * max(unit.rest for unit in units)
    linked = common + LARGE["cells"] * apart / cells
    large = {"samples in units": own, "else in units": rest, "inputs": common, "results.h5 with links": linked, "with copies": linked + own}
    print("carried over to {images} images, {cells} cells, {settings} settings, batch {batch}: ".format(**LARGE)
          + ", ".join(f"{kind} {size / 1e9:.1f} GB" for kind, size in large.items()))
    print(f"together {(own + rest + common + linked) / 1e9:.0f} GB with links, {(own + rest + common + linked + own) / 1e9:.0f} GB with copies")


main()
