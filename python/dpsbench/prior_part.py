"""A prior as the C++ core takes it (python/binding/registration.cpp reads these attributes)."""
import dataclasses
import hashlib
import typing

import torch

from ._core import NoiseSchedule

PREDICTIONS = ("eps", "x0", "v", "velocity", "edm")
INPUTS = ("preserving", "exploding")
CONDITIONS = ("timestep", "sigma", "log_sigma_over_4", "time")


@dataclasses.dataclass
class PriorPart:
    name: str
    function: typing.Callable
    shape: tuple | typing.Callable
    predicts: str
    conditioned_on: str
    input: str
    schedule: NoiseSchedule
    clips: bool
    title: str
    version: str
    options: tuple
    origin: str = ""
    kind = "prior"
    built: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        self.title = self.title or (self.function.__doc__ or "a network in Python").strip().splitlines()[0]
        for what, word, allowed in (("predicts", self.predicts, PREDICTIONS), ("input", self.input, INPUTS),
                                    ("conditioned_on", self.conditioned_on, CONDITIONS)):
            if word not in allowed:
                raise ValueError(f"prior '{self.name}': {what}: '{word}' is unknown; allowed: {', '.join(allowed)}")

    def shape_of(self, options):
        shape = self.shape(options) if callable(self.shape) else self.shape
        channels, height, width = shape
        return [channels, height, width]

    def module(self, options):
        """The network on the CPU, made once; torch's own random numbers begin at the same place whenever it is."""
        key = repr(options)
        if key not in self.built:
            with torch.random.fork_rng(devices=[]), torch.enable_grad():
                torch.manual_seed(0)
                module = self.function(options)
            if not isinstance(module, torch.nn.Module):
                raise TypeError(f"it made a {type(module).__name__}, not a torch.nn.Module")
            self.built[key] = module.eval().requires_grad_(False)
        return self.built[key]

    def module_on(self, options, device, dtype):
        return self.module(options).to(device=device, dtype=dtype)

    def identity(self, options):
        """What answers depend on beyond the options: source, parameters, what they were told they are."""
        levels = [self.schedule.alpha_bar(i) for i in range(self.schedule.steps)]
        told = repr((self.predicts, self.input, self.conditioned_on, self.clips, levels))
        return (f"{self.origin} parameters={parameter_digest(self.module(options))} "
                f"told={hashlib.sha256(told.encode()).hexdigest()[:16]}")


def parameter_digest(module):
    """SHA-256 of names, types, shapes and bytes of a module's parameters and buffers."""
    digest = hashlib.sha256()
    for name, tensor in sorted(module.state_dict().items()):
        tensor = tensor.detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    return digest.hexdigest()
