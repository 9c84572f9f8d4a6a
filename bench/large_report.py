#!/usr/bin/env python3
"""Time and memory of `dpsbench report` on a large output, which this program makes up: cells of random pictures and metrics
with all attributes that a run leaves, sealed as a run's.

Usage: large_report.py DPSBENCH FOLDER [--methods 23] [--tasks 15] [--images 200] [--side 32] [-- options of report]

Needs h5py and NumPy. Prints CPU seconds (of gnuplot too), wall time, peak memory and the page's size.
"""
import argparse
import hashlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

import h5py
import numpy as np

SEAL = 512
METRICS = ("psnr", "ssim", "lpips")
TASKS = ("denoising", "inpainting", "box_inpainting", "half_inpainting", "super_resolution", "super_resolution_pooling",
         "colorization", "gaussian_blur", "uniform_blur", "motion_blur", "compressed_sensing", "random_matrix",
         "phase_retrieval", "high_dynamic_range", "jpeg")


def seal_text(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(SEAL)
        while block := file.read(1 << 20):
            digest.update(block)
    size = path.stat().st_size - SEAL
    return f"dpsbench sealed file 1\nbytes {size}\nsha256 {digest.hexdigest()}\n".encode().ljust(SEAL, b"\0")


def cell_attributes(task, method, images):
    return {"dataset": "made-up", "experiment": "large", "hidden_noise": False, "images_done": images, "images_planned": images,
            "method": f"method-{method:02}", "method.scale": 0.5, "method.steps": 100, "method_label": f"method-{method:02}",
            "network_evaluations": 100.0, "numerics_version": 5, "pass_back_cost": 1.5, "passes_back": 50.0 + method,
            "peak_bytes_an_image": 3e6, "precision": "fp32", "prior": "made up", "samples_per_image": 1,
            "seconds": 0.5 * images * (1 + method), "seed": 0, "sigma_y": 0.05, "task": TASKS[task % len(TASKS)],
            "task.strength": 1.0 + task // len(TASKS)}


def fill(cells, args):
    random = np.random.default_rng(1)
    shape = (args.images, 3, args.side, args.side)
    reference = random.uniform(-1, 1, shape).astype("f4")
    ids = np.array([f"image-{k:05}" for k in range(args.images)], "S11")
    common = random.normal(0, 2, args.images)
    manifest = []
    first_reference = None
    for task in range(args.tasks):
        measurement = first = None
        for method in range(args.methods):
            name = f"{task * args.methods + method:03}-task-{task:02}-method-{method:02}"
            attributes = cell_attributes(task, method, args.images)
            cell = cells.create_group(name)
            for key, value in attributes.items():
                cell.attrs[key] = value
            cell["image_ids"], cell["positions"] = ids, np.arange(args.images)
            if first_reference is None:
                first_reference = cell.create_dataset("reference", data=reference, fletcher32=True, chunks=(5, *shape[1:]))
            else:
                cell["reference"] = first_reference
            if first is None:
                measurement = random.uniform(-1, 1, shape).astype("f4")
                first = [cell.create_dataset(which, data=measurement, fletcher32=True, chunks=(5, *shape[1:]))
                         for which in ("measurement", "measurement_picture")]
            else:
                cell["measurement"], cell["measurement_picture"] = first
            noise = random.normal(0, 0.05 + 0.02 * method, shape).astype("f4")
            cell.create_dataset("samples", data=reference + noise, fletcher32=True, chunks=(5, *shape[1:]))
            metrics = cell.create_group("metrics")
            for k, metric in enumerate(METRICS):
                metrics[metric] = 20 + common - 0.1 * method + random.normal(0, 1, args.images) if k == 0 else \
                    random.uniform(0, 1, args.images)
            manifest.append({"attributes": {key: str(value).lower() if isinstance(value, bool) else str(value)
                                            for key, value in attributes.items()}, "id": name})
    return manifest


def write_output(args):
    args.folder.mkdir(parents=True)
    text = "name: large\ntitle: A large output\n"
    runs = json.dumps([{"date": "2026-01-01T00:00:00Z", "device": "none"}], indent=1)
    told = {"complete": True, "configuration": "large", "date": "2026-01-01T00:00:00Z", "device": "none", "experiment": "large",
            "experiment_text": text, "format": "dpsbench results 1", "git_revision": "", "host": "", "lpips_sha256": "",
            "ranks": "1", "runs": runs, "version": "0", "weights_sha256": ""}
    results = args.folder / "results.h5"
    with h5py.File(results, "w", userblock_size=SEAL) as file:
        cells = fill(file.create_group("cells"), args)
        count = len(cells) * args.images
        for key, value in told.items() | {("images_planned", count), ("images_written", count), ("units_planned", len(cells)),
                                          ("units_written", len(cells))}:
            file.attrs[key] = value
    seal = seal_text(results)
    with open(results, "r+b") as file:
        file.write(seal)
    manifest = {"cells": cells, "configuration": "large", "experiment": "large", "experiment_text": text,
                "groups": {}, "runs": json.loads(runs),
                "units": [{"cell": cell["id"], "id": f"{k:032x}", "image_ids": [f"image-{n:05}" for n in range(args.images)],
                           "positions": list(range(args.images))} for k, cell in enumerate(cells)]}
    rest = json.dumps(manifest, indent=1)[2:]
    (args.folder / "manifest.json").write_text('{\n "sha256": "%s",\n%s' % (hashlib.sha256(rest.encode()).hexdigest(), rest))


def main():
    words = sys.argv[1:]
    more = words[words.index("--") + 1:] if "--" in words else []
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    for name, value in (("methods", 23), ("tasks", 15), ("images", 200), ("side", 32)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--write-only", action="store_true", help="make the output and end")
    args = parser.parse_args(words[:words.index("--")] if "--" in words else words)
    if not args.folder.exists():
        write_output(args)
    if args.write_only:
        return
    begun = time.monotonic()
    ended = subprocess.run([args.program, "report", str(args.folder), "--output", str(args.folder / "report"), *more],
                           stdout=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    page = args.folder / "report/report.html"
    print(f"{args.methods} methods x {args.tasks} tasks x {args.images} images of {args.side} x {args.side}: exit {ended.returncode}, "
          f"{used.ru_utime + used.ru_stime:.1f} s of CPU, {time.monotonic() - begun:.1f} s of wall time, "
          f"{used.ru_maxrss / 1024:.0f} MiB at most, page {page.stat().st_size / 1e6 if page.exists() else 0:.1f} MB")
    sys.exit(ended.returncode)


main()
