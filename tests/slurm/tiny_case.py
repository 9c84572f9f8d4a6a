"""A complete small experiment without any package: images as an idx file, a Gaussian mixture as safetensors."""

import json
import random
import struct

SIDE = 8
TEXT = """\
name: tiny
dataset: {{name: noise, path: images.idx, channels: 1}}
prior: {{kind: gaussian_mixture, file: mixture.safetensors}}
seed: 3
sigma_y: [0.1]
tasks: [{{name: denoising}}]
methods: [{{name: dps, steps: {steps}}}]
metrics: [psnr]
batch: 2
"""


def write_images(path, count):
    pixels = bytes(random.Random(1).randrange(256) for _ in range(count * SIDE * SIDE))
    path.write_bytes(struct.pack(">IIII", 0x00000803, count, SIDE, SIDE) + pixels)


def write_mixture(path):
    dimension = SIDE * SIDE
    rest = random.Random(2)
    identity = [1.0 if row == column else 0.0 for row in range(dimension) for column in range(dimension)]
    tensors = {
        "log_weights": ([2], [0.0, 0.0]),
        "means": ([2, dimension], [rest.gauss(0, 0.3) for _ in range(2 * dimension)]),
        "covariances": ([2, dimension, dimension], [0.05 * v for v in identity] + [0.1 * v for v in identity]),
    }
    header, data = {"__metadata__": {"shape": f"1,{SIDE},{SIDE}"}}, b""
    for name, (shape, values) in tensors.items():
        packed = struct.pack(f"<{len(values)}d", *values)
        header[name] = {"dtype": "F64", "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_experiment(folder, images, steps):
    """tiny.yaml with two images a unit and one cell for each number in `steps`."""
    write_images(folder / "images.idx", images)
    write_mixture(folder / "mixture.safetensors")
    (folder / "tiny.yaml").write_text(TEXT.format(steps=steps))
    return folder / "tiny.yaml"
