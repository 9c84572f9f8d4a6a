"""EDM's U-Nets and what is around them."""
import math

import torch
from torch import nn
from torch.nn import functional as F

from .layers import Named, attend, picture, waves


class EdmUNet(Named):
    """EDM's DhariwalUNet and SongUNet (ddpm++ and ncsn++); forward(x, noise label) -> F."""

    def __init__(self, weights, config):
        least = 1 if config["group_norm"].startswith("32 groups") else 4
        self_scaled = config["model_type"] == "SongUNet"
        super().__init__({name.removeprefix("model."): tensor for name, tensor in weights.items()},
                         lambda width: min(32, width // least), 1e-6 if self_scaled else 1e-5)
        self.song, self.width = self_scaled, config["model_channels"]
        self.scale = math.sqrt(0.5) if self_scaled else 1.0
        self.head_width = None if self_scaled else config.get("channels_per_head", 64)
        self.filter = config.get("resample_filter", [1, 1])

    def order(self, part):
        """The blocks of enc or dec as they follow each other."""
        blocks = {name.split(".")[1] for name in self.names if name.startswith(f"{part}.")}
        rank = {"conv": "0", "down": "1", "in0": "2", "in1": "3", "up": "4", "aux_residual": "5"}

        def place(block):
            side, kind = block.split("x")[0], block.split("_", 1)[1]
            size = int(side) if part == "dec" else -int(side)
            return size, rank.get(kind, "6" if kind.startswith("block") else "7"), kind
        return sorted(blocks, key=place)

    def resampled(self, x, up, padding=None):
        taps = torch.tensor(self.filter, dtype=x.dtype, device=x.device)
        kernel = (torch.outer(taps, taps) / taps.sum() ** 2).expand(x.shape[1], 1, -1, -1)
        padding = (len(self.filter) - 1) // 2 if padding is None else padding
        if up:
            return F.conv_transpose2d(x, 4 * kernel, groups=x.shape[1], stride=2, padding=padding)
        return F.conv2d(x, kernel, groups=x.shape[1], stride=2, padding=padding)

    def block(self, name, x, embedding):
        def changed(y):
            kind = name.rsplit("_", 1)[1]
            return self.resampled(y, up=kind == "up") if kind in ("up", "down") else y
        h = self.conv(f"{name}.conv0", changed(F.silu(self.norm(f"{name}.norm0", x))))
        told = self.linear(f"{name}.affine", embedding)[:, :, None, None]
        if self.song:
            h = self.norm(f"{name}.norm1", h + told)
        else:
            scale, shift = told.chunk(2, 1)
            h = self.norm(f"{name}.norm1", h) * (1 + scale) + shift
        h = self.conv(f"{name}.conv1", F.silu(h))
        beside = changed(x)
        x = self.scale * (h + (self.conv(f"{name}.skip", beside) if self.has(f"{name}.skip") else beside))
        return self.attention(name, x) if self.has(f"{name}.qkv") else x

    def attention(self, name, x):
        heads = x.shape[1] // (self.head_width or x.shape[1])
        rows = self.conv(f"{name}.qkv", self.norm(f"{name}.norm2", x)).flatten(2)
        q, k, v = rows.unflatten(1, (-1, 3)).transpose(1, 3).unbind(2)  # a row is head, channel, part
        return self.scale * (x + self.conv(f"{name}.proj", picture(attend(q, k, v, heads), x)))

    def embedding(self, label):
        if "map_noise.freqs" in self.names:
            angles = label[:, None] * (2 * math.pi * self.weight("map_noise.freqs"))
            features = torch.cat([angles.sin(), angles.cos()], 1)
        else:
            features = waves(label, self.width, shift=int(self.song), sine_first=self.song)
        return self.two_layers("map_layer0", "map_layer1", features)

    def forward(self, x, label):
        embedding, aside, kept = self.embedding(label), x, []
        for block in self.order("enc"):
            name = f"enc.{block}"
            if block.endswith("_conv"):
                x = self.conv(name, x)
            elif block.endswith("_aux_residual"):
                aside = x = self.scale * (x + self.shrunk(name, aside))
                kept.pop()
            else:
                x = self.block(name, x, embedding)
            kept.append(x)
        for block in self.order("dec"):
            name = f"dec.{block}"
            if "_aux" in block:
                continue
            x = self.block(name, torch.cat([x, kept.pop()], 1) if "_block" in block else x, embedding)
        norm, conv = self.last()
        return self.conv(conv, F.silu(self.norm(norm, x)))

    def shrunk(self, name, x):
        """The image itself on the way down, filtered and halved: the bias comes last."""
        wide = F.conv2d(x, self.weight(f"{name}.weight"), padding=2)
        return self.resampled(wide, up=False, padding=0) + self.weight(f"{name}.bias")[:, None, None]

    def last(self):
        if self.has("out_norm"):
            return "out_norm", "out_conv"
        side = next(name for name in self.order("dec") if name.endswith("aux_norm")).split("_")[0]
        return f"dec.{side}_aux_norm", f"dec.{side}_aux_conv"


class EdmDenoiser(nn.Module):
    """D(u; sigma) of Karras et al. 2022 around a network, by EDM's own scalings, or by those of VP and VE networks."""

    def __init__(self, network, scalings="edm", deviation=0.5):
        super().__init__()
        self.network, self.scalings, self.deviation = network, scalings, deviation

    def forward(self, u, sigma):
        s = sigma[:, None, None, None]
        if self.scalings == "edm":
            total = s**2 + self.deviation**2
            skip, out, given, label = self.deviation**2 / total, s * self.deviation / total.sqrt(), 1 / total.sqrt(), sigma.log() / 4
        elif self.scalings == "vp":
            tau = ((0.01 + 39.8 * (1 + sigma**2).log()).sqrt() - 0.1) / 19.9
            skip, out, given, label = 1, -s, 1 / (s**2 + 1).sqrt(), 999 * tau
        else:
            skip, out, given, label = 1, s, 1, (sigma / 2).log()
        return skip * u + out * self.network(given * u, label)
