"""dpsbench beside what a user would take today: the same samplers in eager PyTorch, on deepinv's U-Net.

    python3 -m venv rival && rival/bin/pip install torch==2.11.0 deepinv==0.5.0 safetensors
    ninja -C build/release method_speed
    OMP_NUM_THREADS=1 rival/bin/python bench/rival.py build/release/method_speed

The same weights, steps, batch and one thread on both sides, in turn; CPU seconds of sampling alone, start-up and loading left
out on both. Each ratio is the median over the rounds of dpsbench's images a CPU second over the rival's of the same round.
First the two networks are held against each other: what they predict, and the gradient through them.
"""

import pathlib
import statistics
import tempfile

import deepinv
import torch
from rival_memory import kept_bytes, resident_growth
from rival_network import CONFIGURATIONS, make_network
from rival_samplers import SIGMA_Y, Schedule, Setting, dps, dps_w_naive, dsg
from rival_sides import arguments_of, cpu_seconds, hold_against, ours, prepared, spread
from torch.nn import functional


class Deepinv:
    """deepinv's own DPS."""

    def __init__(self, network, shape, steps):
        self.sampler = deepinv.sampling.DPS(network, num_steps=steps + 1)  # the last needs no evaluation
        noise = deepinv.physics.GaussianNoise(SIGMA_Y / 2)
        self.physics = deepinv.physics.Inpainting(shape[1:], mask=(torch.rand(shape[1:]) > 0.7).float(), noise_model=noise)
        self.y = self.physics(torch.rand(shape))

    def run(self):
        return self.sampler(self.y, self.physics)


def settings(network, shape, steps):
    """Inpainting, and super resolution by 4 whose dps-w takes two gradients."""
    x = torch.randn(shape).clamp(-1, 1)
    mask = (torch.rand(shape[0], 1, *shape[2:]) > 0.7).float()
    noised = lambda clean: clean + SIGMA_Y * torch.randn_like(clean)
    shrink = lambda image: functional.interpolate(image, scale_factor=0.25, mode="bicubic", antialias=True)
    small = noised(shrink(x))
    schedule = Schedule(steps)
    return {
        "inpainting": Setting(network, schedule, lambda image: image * mask, noised(x) * mask, shape, mask=mask),
        "super_resolution": Setting(network, schedule, shrink, small, shape,
                                    reference=functional.interpolate(small, scale_factor=4, mode="nearest")),
    }


def rows(network, shape, steps):
    """Name, task, the rival's work, dpsbench's method."""
    by_task = settings(network, shape, steps)
    inpainting, enlarging = by_task["inpainting"], by_task["super_resolution"]
    own = Deepinv(network, shape, steps)
    return [
        ("dps", "inpainting", lambda: dps(inpainting), "dps"),
        ("dps of deepinv", "inpainting", own.run, "dps"),
        ("dps-w naive", "inpainting", lambda: dps_w_naive(inpainting), "dps-w"),
        ("dps-w naive", "super_resolution", lambda: dps_w_naive(enlarging), "dps-w"),
        ("dsg, interval 5", "inpainting", lambda: dsg(inpainting), "dsg:interval=5"),
    ]


def compare_memory(network, shape, figures, eager):
    x = torch.randn(shape)
    print("\n| kept between the passes, MB an image | | ratio |\n| --- | --- | --- |")
    mine = figures["kept_bytes_an_image"]
    print(f"| dpsbench | {mine / 1e6:.3f} | |")
    for frozen in (False, True):
        network.requires_grad_(not frozen)
        theirs = kept_bytes(network, x) / shape[0]
        print(f"| eager, parameters {'frozen' if frozen else 'as they come'} | {theirs / 1e6:.3f} | {mine / theirs:.3f} |")
    network.requires_grad_(True)
    growth = figures["resident_peak_bytes"] - figures["resident_before_bytes"]
    print(f"\nthe process grows while dps samples, MB an image: dpsbench {growth / shape[0] / 1e6:.2f}, "
          f"eager {resident_growth(eager) / shape[0] / 1e6:.2f}")


def main():
    arguments = arguments_of(__doc__, steps=100)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        network, prior = make_network(arguments.network, folder)
        side = CONFIGURATIONS[arguments.network]["image_size"]
        shape = (arguments.batch, 3, side, side)
        figures = hold_against(network, prior, arguments, folder)
        prepared(network, arguments)
        work = rows(network, shape, arguments.steps)
        seconds = {row[:2]: [] for row in work}
        for k in range(arguments.rounds):
            for name, task, eager, method in work:
                sides = [lambda: cpu_seconds(eager), lambda: ours(arguments, prior, task, method)[0]["seconds"]]
                first, second = sides[k % 2](), sides[1 - k % 2]()
                seconds[name, task].append((first, second) if k % 2 == 0 else (second, first))
        print(f"\n{arguments.network}, batch {arguments.batch}, {arguments.steps} steps, median of {arguments.rounds} rounds "
              "(least to greatest)\n\n| eager | task | dpsbench | eager, images a CPU s | dpsbench, images a CPU s | ratio |\n"
              "| --- | --- | --- | --- | --- | --- |")
        for name, task, _, method in work:
            theirs, mine = (arguments.batch / statistics.median(column) for column in zip(*seconds[name, task]))
            ratios = [eager / own for eager, own in seconds[name, task]]
            print(f"| {name} | {task} | {method} | {theirs:.3f} | {mine:.3f} | {spread(ratios)} |")
        compare_memory(network, shape, figures, work[0][2])


if __name__ == "__main__":
    main()
