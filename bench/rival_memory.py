"""What eager PyTorch keeps of a network's forward pass for the way back, and what a sampler's process takes."""

import ctypes
import pathlib

import torch


def kept_bytes(network, x):
    """Bytes that autograd saves between the passes, each storage once, parameters and x left out."""
    parameters = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
    storages = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        out = network.forward_diffusion(x.clone().requires_grad_(), torch.full((x.shape[0],), 500.0))
    total = sum(storages.values())
    del out
    return total


def resident(kind):
    """VmRSS or VmHWM of this process, bytes."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(kind + ":"):
            return int(line.split()[1]) * 1024
    return 0


def resident_growth(work):
    """How far the process grows while it works, beyond what it holds before; bytes."""
    ctypes.CDLL(None).malloc_trim(0)
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    work()
    return resident("VmHWM") - before
