"""A plugin: the networks of DPSBENCH_GOLDEN (tests/golden unless it is set) as priors, "golden-" and the file's name."""
import dataclasses
import json
import os
import pathlib
import sys
import typing

import dpsbench
import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from networks.checkpoint import read_checkpoint  # noqa: E402
from networks.diffusers import DiffusersUNet  # noqa: E402
from networks.edm import EdmDenoiser, EdmUNet  # noqa: E402
from networks.latent import LatentUNet  # noqa: E402

FOLDER = pathlib.Path(os.environ.get("DPSBENCH_GOLDEN") or pathlib.Path(__file__).parents[1] / "golden")


@dataclasses.dataclass
class Golden:
    """A network, the vectors that its library gave for it, and what a prior of it is told."""

    network: torch.nn.Module
    vectors: dict
    side: int
    channels: int
    convention: dict
    schedule: dict = dataclasses.field(default_factory=dict)  # as a torchscript prior's block says it
    as_object: typing.Any = None  # the same as a plugin says it

    def options(self):
        return {"channels": self.channels, "height": self.side, "width": self.side, **self.convention, **self.schedule}


def latent(weights, vectors, told):
    first, last = float(told["linear_start"]), float(told["linear_end"])
    return Golden(LatentUNet(weights, json.loads(told["config"]), vectors.get("context")), vectors,
                  vectors["x"].shape[-1], vectors["x"].shape[1], {"predicts": "eps", "conditioned_on": "timestep"},
                  {"schedule": "scaled_linear", "beta_first": first, "beta_last": last, "clip": False},
                  dpsbench.NoiseSchedule.scaled_linear(1000, first, last))


def diffusers(weights, vectors, told):
    return Golden(DiffusersUNet(weights, json.loads(told["config.json"])), vectors, vectors["x"].shape[-1], 3,
                  {"predicts": "eps", "conditioned_on": "timestep"}, {"clip": False})


def edm(weights, vectors, told, scalings="edm"):
    return Golden(EdmDenoiser(EdmUNet(weights, json.loads(told["config"])), scalings), vectors, vectors["x"].shape[-1], 3,
                  {"predicts": "edm", "conditioned_on": "sigma"}, {"schedule": "sigmas", "clip": False},
                  dpsbench.NoiseSchedule.of_sigmas())


def read_all():
    """name -> Golden; EDM's networks that were run in VP's or VE's scalings too are there once more, as name-vp, name-ve."""
    found = {}
    for prefix, make in (("ldm_unet", latent), ("diffusers", diffusers), ("edm", edm)):
        for path in sorted(FOLDER.glob(f"{prefix}_*_tiny.safetensors")):
            weights, vectors, told = read_checkpoint(path)
            found[path.stem] = make(weights, vectors, told)
            for scalings in ("vp", "ve"):
                if f"D_{scalings}" in vectors:
                    vectors_of = vectors | {"D": vectors[f"D_{scalings}"], "vjp": vectors[f"vjp_{scalings}"]}
                    found[f"{path.stem}-{scalings}"] = edm(weights, vectors_of, told, scalings)
    return found


GOLDEN = read_all()
for name, one in GOLDEN.items():
    dpsbench.prior(f"golden-{name}", shape=(one.channels, one.side, one.side), schedule=one.as_object, clips=False,
                   **one.convention)(lambda options, one=one: one.network)
