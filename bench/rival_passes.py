"""A network's passes in eager PyTorch beside dpsbench's, and what they make of methods at 1000 steps.

    OMP_NUM_THREADS=1 rival/bin/python bench/rival_passes.py build/release/method_speed --network ffhq64 --batch 4

For networks whose 1000 steps take too long to be timed: a step of a method is passes through the network and next to nothing
else. dpsbench's seconds are those of whole steps, the rival's of the passes alone. Setting up is rival.py's.
"""

import pathlib
import statistics
import tempfile

import torch
from rival_network import CONFIGURATIONS, make_network
from rival_samplers import SIGMA_Y, Schedule
from rival_sides import arguments_of, cpu_seconds, hold_against, ours, prepared, spread


def eager_passes(network, shape, repetitions):
    """CPU seconds an image of: forward; forward with a graph; with one gradient; with two."""
    x, times = torch.randn(shape), torch.full(shape[:1], 500.0)

    def forward(gradients):
        leaf = x.clone().requires_grad_()
        eps = network.forward_diffusion(leaf, times).chunk(2, 1)[0]
        for k in range(gradients):
            torch.autograd.grad((eps * x).sum(), leaf, retain_graph=k + 1 < gradients)

    def without():
        with torch.no_grad():
            network.forward_diffusion(x, times)

    images = shape[0] * repetitions
    timed = lambda work: cpu_seconds(lambda: [work() for _ in range(repetitions)]) / images
    return [timed(without), timed(lambda: forward(0)), timed(lambda: forward(1)), timed(lambda: forward(2))]


def own_passes(arguments, prior):
    """CPU seconds an image of steps with: forward; one gradient; two gradients and a forward pass more."""
    methods = ours(arguments, prior, "super_resolution", "unconditional,dps,dps-w:reference=naive")
    return [figures["seconds"] / figures["image_steps"] for figures in methods]


def reference_share(steps=1000, tolerance=0.02):
    """How often dps-w's cached reference score is computed anew, a step (methods/parts/reference_score.h)."""
    shares = [SIGMA_Y**2 / (SIGMA_Y**2 + (1 - bar) / bar) for bar in Schedule(steps).bar]
    return (sum(share >= tolerance for share in shares) + 1) / steps


def main():
    arguments = arguments_of(__doc__, steps=2)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        network, prior = make_network(arguments.network, folder)
        side = CONFIGURATIONS[arguments.network]["image_size"]
        hold_against(network, prior, arguments, folder)
        prepared(network, arguments)
        rounds = []
        for _ in range(arguments.rounds):
            eager = eager_passes(network, (arguments.batch, 3, side, side), arguments.steps)
            rounds.append((eager, own_passes(arguments, prior)))
    share = reference_share()
    ratios = {
        "forward": lambda e, o: e[0] / o[0],
        "forward, a graph built in vain": lambda e, o: e[1] / o[0],
        "forward and a gradient: dps": lambda e, o: e[2] / o[1],
        "dps-w, one gradient, naive over cached": lambda e, o: (e[2] + e[0]) / (o[1] + share * o[0]),
        "dps-w, two gradients, naive over cached": lambda e, o: (e[3] + e[0]) / (o[2] - o[0] + share * o[0]),
        "dsg, interval 5": lambda e, o: (4 * e[1] + e[2]) / (4 * o[0] + o[1]),
    }
    milliseconds = lambda index: [1e3 * statistics.median(column) for column in zip(*(each[index] for each in rounds))]
    print(f"\n{arguments.network}, batch {arguments.batch}, median of {arguments.rounds} rounds, CPU ms an image\n"
          f"eager: forward {{:.1f}}, with a graph {{:.1f}}, one gradient {{:.1f}}, two {{:.1f}}".format(*milliseconds(0)))
    print("dpsbench: forward {:.1f}, one gradient {:.1f}, two and a forward pass more {:.1f}".format(*milliseconds(1)))
    print(f"dps-w's reference score is computed anew in {share:.3f} of 1000 steps\n\n| eager over dpsbench | ratio (least to "
          "greatest) |\n| --- | --- |")
    for name, ratio in ratios.items():
        print(f"| {name} | {spread([ratio(*each) for each in rounds])} |")


if __name__ == "__main__":
    main()
