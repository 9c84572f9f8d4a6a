"""CPU time of dps in Python (examples/dps.py) over that of the built-in dps, on photo32, turn by turn in one process.

    PYTHONPATH=build/release/python python bench/door_speed.py [ROUNDS]
"""
import pathlib
import statistics
import sys
import time

import dpsbench
import torch
from dpsbench import _core

ROOT = pathlib.Path(__file__).resolve().parents[1]
OPTIONS = {"steps": 25, "scale": 4.0}
AIMS = {8: 1.10, 1: 1.25}  # batch -> the ratio that is aimed at


def photo32(batch):
    return _core.Trial("inpainting", {"mask_fraction": 0.7}, [str(k) for k in range(batch)], [3, 32, 32], 0.05, "unet", {},
                       "photo32", str(ROOT / "experiments/quickstart/photo32.safetensors"))


def cpu_seconds(problem, method):
    started = time.process_time()
    samples = problem.sample(method, OPTIONS)
    return time.process_time() - started, samples


def main(rounds):
    torch.set_num_threads(1)
    dpsbench.load(ROOT / "examples/dps.py")
    for batch, aim in AIMS.items():
        problem, seconds = photo32(batch), {"dps": [], "my-dps": []}
        for _ in range(rounds + 1):
            samples = {}
            for method in seconds:
                took, samples[method] = cpu_seconds(problem, method)
                seconds[method].append(took)
            if not torch.equal(samples["dps"], samples["my-dps"]):
                sys.exit("the samples differ")
        built_in, own = (statistics.median(seconds[method][1:]) for method in ("dps", "my-dps"))  # the first warms up
        print(f"batch {batch}: built-in {1000 * built_in / OPTIONS['steps']:.2f} ms a step, Python "
              f"{1000 * own / OPTIONS['steps']:.2f} ms: {own / built_in:.3f} times (aim: at most {aim})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
