"""What the networks of this folder are made of."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Named(nn.Module):
    """Layers by the names of their weights."""

    def __init__(self, weights, groups, epsilon):
        super().__init__()
        self.groups, self.epsilon = groups, epsilon
        self.names = set(weights)
        for name, tensor in weights.items():
            self.register_parameter(self.key(name), nn.Parameter(tensor, requires_grad=False))

    @staticmethod
    def key(name):
        return name.replace(".", "__")

    def weight(self, name):
        return getattr(self, self.key(name)) if name in self.names else None

    def has(self, name):
        return f"{name}.weight" in self.names

    def below(self, name):
        """How many numbered layers there are: name.0, name.1, ..."""
        return len({other[len(name) + 1:].split(".")[0] for other in self.names if other.startswith(f"{name}.")})

    def conv(self, name, x, **how):
        weight = self.weight(f"{name}.weight")
        return F.conv2d(x, weight, self.weight(f"{name}.bias"), **({"padding": weight.shape[-1] // 2} | how))

    def linear(self, name, x):
        return F.linear(x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, name, x, epsilon=None):
        weight = self.weight(f"{name}.weight")
        return F.group_norm(x, self.groups(weight.shape[0]), weight, self.weight(f"{name}.bias"), epsilon or self.epsilon)

    def two_layers(self, first, second, features):
        return F.silu(self.linear(second, F.silu(self.linear(first, features))))


def waves(t, width, shift=0, sine_first=False):
    """[B, width]: cosines and sines of t at frequencies 10000^(-i / (width / 2 - shift))."""
    half = width // 2
    places = torch.arange(half, device=t.device, dtype=t.dtype)  # traced, whole numbers would make doubles
    angles = t[:, None] * torch.exp(places * (-math.log(10000) / (half - shift)))
    parts = [angles.sin(), angles.cos()] if sine_first else [angles.cos(), angles.sin()]
    return torch.cat(parts, 1)


def attend(q, k, v, heads):
    """Attention of [B, tokens, C], head by head of C / heads numbers."""
    def split(x):
        return x.unflatten(2, (heads, -1)).transpose(1, 2)
    q, k, v = split(q), split(k), split(v)
    weights = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)


def tokens(x):
    return x.flatten(2).transpose(1, 2)


def picture(x, like):
    return x.transpose(1, 2).reshape(like.shape)


def enlarged(x):
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
