"""dpsbench beside what a user would take today: the same samplers in eager PyTorch, on deepinv's U-Net.

    python3 -m venv rival && rival/bin/pip install torch==2.11.0 deepinv==0.5.0 safetensors
    ninja -C build/release method_speed
    OMP_NUM_THREADS=1 rival/bin/python bench/rival.py build/release/method_speed --network photo32

The same weights, steps, batch and one thread on both sides, in turn; CPU seconds of sampling alone, start-up and loading left
out on both. Each ratio is the median over the rounds of dpsbench's images a CPU second over the rival's of the same round.
First the two networks are held against each other: what they predict, and the gradient through them.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import deepinv
import safetensors.torch
import torch
from rival_memory import kept_bytes, resident_growth
from rival_network import make_network
from rival_samplers import SIGMA_Y, Schedule, Setting, dps, dps_w_naive, dsg
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode


class Deepinv:
    """deepinv's own DPS."""

    def __init__(self, network, shape, steps):
        self.sampler = deepinv.sampling.DPS(network, num_steps=steps)
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


def ours(arguments, prior, task, method, *more):
    words = [arguments.method_speed, "--prior", prior, "--methods", method, "--task", task, "--batch", arguments.batch, "--steps",
             arguments.steps, "--rounds", 1, "--peak", 1, "--json", *more]
    done = subprocess.run([str(word) for word in words], env=dict(os.environ, OMP_NUM_THREADS="1"), check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)[0]


def cpu_seconds(work):
    started = time.process_time()
    work()
    return time.process_time() - started


def hold_against(network, file):
    """Largest difference over largest value, of eps and of its gradient; multiply-accumulates a forward pass."""
    theirs = safetensors.torch.load_file(file)
    x = theirs["x"].requires_grad_()
    eps = network.forward_diffusion(x, torch.full((x.shape[0],), 500.0)).chunk(2, 1)[0]
    pulled_back = torch.autograd.grad((eps * eps.detach()).sum(), x)[0]
    for name, value in (("eps", eps), ("pulled_back", pulled_back)):
        difference = ((value - theirs[name]).abs().max() / value.abs().max()).item()
        print(f"{name}: largest difference {difference:.1e} of the largest value")
        if not difference < 1e-4:
            raise SystemExit("the networks do not agree: nothing else would mean anything")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.forward_diffusion(x[:1], torch.tensor([500.0]))
    return counter.get_total_flops() / 2


def compare_memory(network, shape, figures, eager):
    x = torch.randn(shape)
    print(f"\n| kept between the passes, MB an image | | ratio |\n| --- | --- | --- |")
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method_speed")
    parser.add_argument("--network", choices=("photo32", "ffhq64"), default="photo32")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--channels-last", action="store_true", help="the rival's network and images in that layout")
    parser.add_argument("--freeze", action="store_true", help="the rival's parameters ask for no gradients")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        network, prior = make_network(arguments.network, folder)
        side = 32 if arguments.network == "photo32" else 64
        shape = (arguments.batch, 3, side, side)
        figures = ours(arguments, prior, "inpainting", "dps", "--write-evaluation", folder / "evaluation.safetensors")
        operations = hold_against(network, folder / "evaluation.safetensors")
        print(f"multiply-accumulates a forward pass: {operations:.5g} as PyTorch counts, {figures['operations_a_pass']:.5g} "
              "as dpsbench does without the time's layers and the last convolution")
        if arguments.channels_last:
            network.to(memory_format=torch.channels_last)
        if arguments.freeze:
            network.requires_grad_(False)
        work = rows(network, shape, arguments.steps)
        results = {row[:2]: [] for row in work}
        for k in range(arguments.rounds):
            for name, task, eager, method in work:
                sides = [lambda: cpu_seconds(eager), lambda: ours(arguments, prior, task, method)["seconds"]]
                first = sides[k % 2]()
                second = sides[1 - k % 2]()
                theirs, mine = (first, second) if k % 2 == 0 else (second, first)
                results[name, task].append((theirs, mine))
        images = arguments.batch
        print(f"\n{arguments.network}, batch {images}, {arguments.steps} steps, median of {arguments.rounds} rounds\n\n"
              "| eager | task | dpsbench | eager, images a CPU s | dpsbench, images a CPU s | ratio | least to greatest |\n"
              "| --- | --- | --- | --- | --- | --- | --- |")
        for name, task, _, method in work:
            seconds = results[name, task]
            ratios = [theirs / mine for theirs, mine in seconds]
            theirs, mine = (images / statistics.median(column) for column in zip(*seconds))
            print(f"| {name} | {task} | {method} | {theirs:.3f} | {mine:.3f} | {statistics.median(ratios):.2f} | "
                  f"{min(ratios):.2f} to {max(ratios):.2f} |")
        compare_memory(network, shape, figures, work[0][2])


if __name__ == "__main__":
    main()
