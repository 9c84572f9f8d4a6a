"""DPS as its authors drive a network, in eager PyTorch with deepinv's DiffUNet: what dpsbench is measured beside on a GPU.

    gpu-node-eager.py DEEPINV DEVICE PRECISION BATCH [STEPS [SIDE]]      PRECISION: fp32, tf32 (PyTorch's own setting for convolutions) or bf16 (autocast)

DEEPINV: a folder with deepinv's models/diffunet.py. Random weights: rates only. Prints ms an image-step, the median of three rounds, and
the most memory.
"""
import importlib.util
import pathlib
import statistics
import sys
import time
import types

import torch


def load_diffunet(folder):
    """deepinv.models.diffunet without the rest of deepinv, which imports much that it does not need."""
    for name in ("deepinv", "deepinv.models"):
        package = types.ModuleType(name)
        package.__path__ = []
        sys.modules[name] = package
    base = types.ModuleType("deepinv.models.base")
    base.Denoiser = torch.nn.Module
    sys.modules["deepinv.models.base"] = base
    utils = types.ModuleType("deepinv.models.utils")
    utils.get_weights_url = utils.load_state_dict_from_url = None
    utils.conv_nd = {1: torch.nn.Conv1d, 2: torch.nn.Conv2d}.__getitem__
    utils.avgpool_nd = {1: torch.nn.AvgPool1d, 2: torch.nn.AvgPool2d}.__getitem__
    sys.modules["deepinv.models.utils"] = utils
    spec = importlib.util.spec_from_file_location("deepinv.models.diffunet", pathlib.Path(folder) / "models/diffunet.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.DiffUNet


def dps_steps(network, x, y, mask, steps, autocast):
    """The steps of guided-diffusion's sampler with DPS's guidance; inpainting."""
    bars = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0).tolist()
    for k in range(steps):
        i = 999 - k
        bar, previous = bars[i], bars[i - 1]
        x = x.detach().requires_grad_()
        with autocast():
            out = network.forward_diffusion(x, torch.full((len(x),), float(i), device=x.device))
        eps, fraction = out.float().chunk(2, 1)
        x0 = ((x - (1 - bar) ** 0.5 * eps) / bar**0.5).clamp(-1, 1)
        distance = torch.linalg.vector_norm((y - mask * x0).flatten(1), dim=1).sum()
        (gradient,) = torch.autograd.grad(distance, x)
        beta = 1 - bar / previous
        mean = previous**0.5 * beta / (1 - bar) * x0 + (1 - beta) ** 0.5 * (1 - previous) / (1 - bar) * x
        x = (mean + (beta * ((fraction + 1) / 2).exp()) ** 0.5 * torch.randn_like(x) - 0.5 * gradient).detach()
    return x


def main():
    if importlib.util.find_spec("numpy") is None:
        print("skipped: deepinv's network needs numpy")
        return
    folder, device, precision, batch = sys.argv[1], torch.device(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    steps = int(sys.argv[5]) if len(sys.argv) > 5 else 20
    side = int(sys.argv[6]) if len(sys.argv) > 6 else 256
    torch.manual_seed(0)
    torch.backends.cudnn.allow_tf32 = precision != "fp32"
    torch.backends.cuda.matmul.allow_tf32 = False  # PyTorch's own setting
    network = load_diffunet(folder)(pretrained=None).eval().to(device)
    on_gpu = device.type == "cuda"

    def autocast():
        return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")

    shape = (batch, 3, side, side)
    mask = (torch.rand(batch, 1, side, side, device=device) > 0.7).float()
    x, y = torch.randn(shape, device=device), mask * torch.rand(shape, device=device)
    dps_steps(network, x, y, mask, 2, autocast)
    rounds = []
    for _ in range(3):
        if on_gpu:
            torch.cuda.synchronize()
        begin = time.perf_counter()
        dps_steps(network, x, y, mask, steps, autocast)
        if on_gpu:
            torch.cuda.synchronize()
        rounds.append(1e3 * (time.perf_counter() - begin) / (steps * batch))
    memory = f", {torch.cuda.max_memory_allocated() / 1e9:.1f} GB" if on_gpu else ""
    print(f"eager dps, {precision}, batch {batch}, {side} x {side}: {statistics.median(rounds):.2f} ms an image-step "
          f"({min(rounds):.2f} to {max(rounds):.2f}){memory}; torch {torch.__version__}")


main()
