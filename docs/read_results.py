"""Every cell of a results.h5: its method, images, shape of a sample and mean of each metric.
    python3 docs/read_results.py output/quickstart/results.h5"""
import sys

import h5py

with h5py.File(sys.argv[1]) as results:
    for name, cell in results["cells"].items():
        images = list(cell["image_ids"].asstr())
        sample = cell["samples"][0]  # of the first image: [C, H, W] in [-1, 1], or [S, C, H, W] of S samples an image
        means = {metric: round(float(values[:].mean()), 3) for metric, values in cell["metrics"].items()}
        print(name, cell.attrs["method"], len(images), sample.shape, means)
