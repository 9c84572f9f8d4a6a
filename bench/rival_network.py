"""The networks of rival.py: deepinv's, with weights that dpsbench loads as well."""

import json
import pathlib

import safetensors.torch
import torch

from deepinv.models import diffunet
from deepinv.models.diffunet import AttentionBlock, DiffUNet, ResBlock, TimestepEmbedSequential
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[1]
PHOTO32 = ROOT / "experiments/quickstart/photo32.safetensors"
# guided-diffusion's names, as a prior block of dpsbench spells them
CONFIGURATIONS = {
    "photo32": dict(image_size=32, num_channels=32, num_res_blocks=1, channel_mult=[1, 1, 2], attention_resolutions=[8],
                    num_head_channels=32),
    # DiffUNet as deepinv makes it, which is the network of FFHQ 256 x 256, on smaller images
    "ffhq64": dict(image_size=64, num_channels=128, num_res_blocks=1, channel_mult=[1, 1, 2, 2, 4, 4],
                   attention_resolutions=[4], num_head_channels=64),
}


class OtherDiffUNet(DiffUNet):
    """DiffUNet, whose configuration deepinv fixes, with that of `options`: its own layers in its own order."""

    def __init__(self, options):
        super().__init__(pretrained=None)
        width, head = options["num_channels"], options["num_head_channels"]
        self.model_channels = width
        self.time_embed = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, 4 * width))

        def residual(channels, to, **resampling):
            return ResBlock(channels, 4 * width, 0.1, out_channels=to, use_scale_shift_norm=True, **resampling)

        def block(layers, side):
            if side in options["attention_resolutions"]:
                layers.append(AttentionBlock(layers[-1].out_channels, num_head_channels=head))
            return layers

        side, channels, kept = options["image_size"], width, [width]
        self.input_blocks = nn.ModuleList([TimestepEmbedSequential(nn.Conv2d(3, width, 3, padding=1))])
        levels = [factor * width for factor in options["channel_mult"]]
        for level, to in enumerate(levels):
            for _ in range(options["num_res_blocks"]):
                self.input_blocks.append(TimestepEmbedSequential(*block([residual(channels, to)], side)))
                channels = to
                kept.append(channels)
            if level + 1 < len(levels):
                self.input_blocks.append(TimestepEmbedSequential(residual(channels, channels, down=True)))
                kept.append(channels)
                side //= 2
        self.middle_block = TimestepEmbedSequential(
            residual(channels, channels), AttentionBlock(channels, num_head_channels=head), residual(channels, channels))
        self.output_blocks = nn.ModuleList()
        for level, to in reversed(list(enumerate(levels))):
            for i in range(options["num_res_blocks"] + 1):
                layers = block([residual(channels + kept.pop(), to)], side)
                channels = to
                if level and i == options["num_res_blocks"]:
                    layers.append(residual(channels, channels, up=True))
                    side *= 2
                self.output_blocks.append(TimestepEmbedSequential(*layers))
        self.out = nn.Sequential(diffunet.normalization(channels), nn.SiLU(), nn.Conv2d(width, 6, 3, padding=1))


def make_network(name, folder):
    """The network, and the YAML file of the same prior for dpsbench. Its weights: photo32's own, or random ones."""
    options = CONFIGURATIONS[name]
    network = (DiffUNet(pretrained=None) if name == "ffhq64" else OtherDiffUNet(options)).eval()
    weights = PHOTO32
    if name == "photo32":
        missing, unexpected = network.load_state_dict(safetensors.torch.load_file(weights), strict=False)
        assert not unexpected and all(key.startswith("sqrt_") for key in missing), (missing, unexpected)
    else:
        torch.manual_seed(0)
        for parameter in network.parameters():
            if not parameter.any():  # layers that start at zero would make the output zero
                nn.init.normal_(parameter, std=0.02)
        weights = folder / "network.safetensors"
        safetensors.torch.save_file(dict(network.named_parameters()), weights)
    prior = folder / "prior.yaml"
    prior.write_text(json.dumps({"prior": {"kind": "unet", "weights": str(weights), **options}}))  # which is YAML, too
    return network, prior
