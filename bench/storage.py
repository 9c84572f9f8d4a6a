"""What an output takes on disk, measured on a small one at 256 x 256 and carried over to a large one.

    scripts/gather_photographs photos
    python3 bench/storage.py build/release/dpsbench photos/train [IMAGES [NOISE]]

Photographs, four tasks, and made-up samples, imported as answers: each photograph half a pixel further, so that its numbers have all their
bits, with Gaussian noise of deviation NOISE (default 0: a sample as smooth as a photograph). Counts bytes of each kind: units, what
units have in common, and data sets of results.h5, a shared one once. Carried over to 200 images and 1000 cells, 20 methods a setting. Needs h5py
and NumPy.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy

EXPERIMENT = """\
name: storage
dataset: {{name: photographs, path: {pictures}, images: 0-{last}, size: 256, resize: true}}
prior: {{kind: empirical, file: {folder}/prior.h5}}
sigma_y: 0.05
tasks: [{{name: denoising}}, {{name: inpainting, mask_fraction: 0.7}}, {{name: super_resolution, scale: 4}}, {{name: gaussian_blur}}]
methods: [{{name: interpolation}}]
metrics: [psnr]
batch: 4
"""
LARGE = {"images": 200, "cells": 1000, "settings": 50}


def bytes_below(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def made_up(reference, noise, random):
    further = (reference + numpy.roll(reference, 1, 2) + numpy.roll(reference, 1, 3) + numpy.roll(reference, (1, 1), (2, 3))) / 4
    return (further + noise * random.standard_normal(reference.shape)).astype(numpy.float32)


def make_output(dpsbench, pictures, images, noise, folder):
    """An output of imported answers and nothing else."""
    def call(*words):
        subprocess.run([dpsbench, *words, "--quiet"] if words[0] != "export" else [dpsbench, *words], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "OMP_NUM_THREADS": "1"})

    with h5py.File(folder / "prior.h5", "w") as prior:  # which nothing asks; its shape is what an experiment wants
        prior["images"] = numpy.zeros((1, 256, 256, 3), numpy.uint8)
    (folder / "storage.yaml").write_text(EXPERIMENT.format(pictures=pictures, last=images - 1, folder=folder))
    call("run", folder / "storage.yaml", "--output", folder / "first", "--device", "cpu")
    call("export", folder / "storage.yaml", "--output", folder / "problems")
    random = numpy.random.default_rng(0)
    (folder / "answers").mkdir()
    with h5py.File(folder / "first/results.h5") as results:
        reference = next(iter(results["cells"].values()))["reference"][:]
    for problem in (folder / "problems").glob("*.h5"):
        numpy.save(folder / "answers" / f"{problem.stem}.npy", made_up(reference, noise, random))
    call("import", folder / "problems", folder / "answers", "--as", "made up", "--output", folder / "out")
    return folder / "out"


def main():
    dpsbench, pictures = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    images = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    noise = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    with tempfile.TemporaryDirectory(prefix="dpsbench-storage-") as name:
        output = make_output(dpsbench, pictures, images, noise, pathlib.Path(name))
        kinds, seen = {}, set()
        with h5py.File(output / "results.h5") as results:
            cells = len(results["cells"])
            for cell in results["cells"].values():
                for kind in ("samples", "reference", "measurement", "measurement_picture"):
                    data = cell[kind]
                    address = h5py.h5o.get_info(data.id).addr
                    if address in seen:
                        continue
                    seen.add(address)
                    stored, of = kinds.get(kind, (0, 0))
                    kinds[kind] = stored + data.id.get_storage_size(), of + data.size * 4
        units, inputs = bytes_below(output / "units"), bytes_below(output / "inputs")
        print(f"{cells} cells of as many settings, {images} images of 256 x 256, noise {noise}: units {units:,}, inputs {inputs:,}, "
              f"results.h5 {(output / 'results.h5').stat().st_size:,} bytes")
        for kind, (stored, of) in kinds.items():
            print(f"  {kind}: {stored:,} of {of:,} bytes, {stored / of:.3f}")
        of_unit = units / (cells * images)  # a sample and what else a unit has of an image
        of_setting = (inputs - kinds["reference"][0]) / (cells * images)
        reference = kinds["reference"][0] / images
        sample = kinds["samples"][0] / kinds["samples"][1] * 3 * 256 * 256 * 4  # equal ones are stored once here
        common = LARGE["images"] * (reference + LARGE["settings"] * of_setting)
        large = {"units": LARGE["images"] * LARGE["cells"] * of_unit, "inputs": common,
                 "results.h5": LARGE["images"] * LARGE["cells"] * sample + common}
        print("carried over to {images} images, {cells} cells, {settings} settings: ".format(**LARGE)
              + ", ".join(f"{kind} {size / 1e9:.1f} GB" for kind, size in large.items()) + f", together {sum(large.values()) / 1e9:.0f} GB")


main()
