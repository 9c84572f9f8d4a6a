"""The two sides that rival.py and rival_passes.py set against each other."""

import argparse
import json
import os
import statistics
import subprocess
import time

import safetensors.torch
import torch
from rival_network import CONFIGURATIONS
from torch.utils.flop_counter import FlopCounterMode


def ours(arguments, prior, task, methods, *more):
    """What method_speed says of each method, one round of `steps` steps."""
    words = [arguments.method_speed, "--prior", prior, "--methods", methods, "--task", task, "--batch", arguments.batch,
             "--steps", arguments.steps, "--rounds", 1, "--peak", 1, "--json", *more]
    done = subprocess.run([str(word) for word in words], env=dict(os.environ, OMP_NUM_THREADS="1"), check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def cpu_seconds(work):
    started = time.process_time()
    work()
    return time.process_time() - started


def hold_against(network, prior, arguments, folder):
    """Ends the program unless both networks predict the same and have the same gradient. dpsbench's figures of dps."""
    file = folder / "evaluation.safetensors"
    figures = ours(arguments, prior, "inpainting", "dps", "--write-evaluation", file)[0]
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
    print(f"multiply-accumulates a forward pass: {counter.get_total_flops() / 2:.5g} as PyTorch counts, "
          f"{figures['operations_a_pass']:.5g} as dpsbench does without the time's layers and the last convolution")
    return figures


def spread(values):
    """Median (least to greatest)."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def arguments_of(description, steps):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method_speed")
    parser.add_argument("--network", choices=tuple(CONFIGURATIONS), default="photo32")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--channels-last", action="store_true", help="the rival's network in that layout")
    parser.add_argument("--freeze", action="store_true", help="the rival's parameters ask for no gradients")
    return parser.parse_args()


def prepared(network, arguments):
    """The rival's network as the options ask."""
    if arguments.channels_last:
        network.to(memory_format=torch.channels_last)
    return network.requires_grad_(not arguments.freeze)
