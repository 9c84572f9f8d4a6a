"""latent-diffusion's U-Net."""
import torch
from torch.nn import functional as F

from .layers import Named, attend, enlarged, picture, tokens, waves


class LatentUNet(Named):
    """latent-diffusion's UNetModel, also with a context that is the same for all images; forward(x, t) -> eps."""

    def __init__(self, weights, config, context=None):
        prefix = "model.diffusion_model."
        super().__init__({name.removeprefix(prefix): tensor for name, tensor in weights.items()}, lambda width: 32, 1e-5)
        self.head_width, self.heads = config.get("num_head_channels"), config.get("num_heads")
        self.scales = config.get("use_scale_shift_norm", False)
        self.register_buffer("context", context)

    def residual(self, name, x, embedding):
        h = self.conv(f"{name}.in_layers.2", F.silu(self.norm(f"{name}.in_layers.0", x)))
        told = self.linear(f"{name}.emb_layers.1", embedding)[:, :, None, None]
        if self.scales:
            scale, shift = told.chunk(2, 1)
            h = self.norm(f"{name}.out_layers.0", h) * (1 + scale) + shift
        else:
            h = self.norm(f"{name}.out_layers.0", h + told)
        h = self.conv(f"{name}.out_layers.3", F.silu(h))
        return h + (self.conv(f"{name}.skip_connection", x) if self.has(f"{name}.skip_connection") else x)

    def attention(self, name, x):
        rows = F.conv1d(self.norm(f"{name}.norm", x).flatten(2), self.weight(f"{name}.qkv.weight"),
                        self.weight(f"{name}.qkv.bias"))
        heads = x.shape[1] // self.head_width
        q, k, v = (part.flatten(1, 2).transpose(1, 2) for part in rows.unflatten(1, (heads, 3, -1)).unbind(2))
        h = attend(q, k, v, heads).transpose(1, 2)
        return x + F.conv1d(h, self.weight(f"{name}.proj_out.weight"), self.weight(f"{name}.proj_out.bias")).reshape(x.shape)

    def transformer(self, name, x):
        v, inside = tokens(self.conv(f"{name}.proj_in", self.norm(f"{name}.norm", x, 1e-6))), f"{name}.transformer_blocks.0"

        def normed(k):
            norm = f"{inside}.norm{k}"
            return F.layer_norm(v, v.shape[2:], self.weight(f"{norm}.weight"), self.weight(f"{norm}.bias"))

        def cross(k, x, context):
            q, key, value = (self.linear(f"{inside}.attn{k}.to_{part}", of) for part, of in zip("qkv", (x, context, context)))
            return self.linear(f"{inside}.attn{k}.to_out.0", attend(q, key, value, self.heads))

        own = normed(1)
        v = v + cross(1, own, own)
        v = v + cross(2, normed(2), self.context.expand(x.shape[0], -1, -1))
        values, gate = self.linear(f"{inside}.ff.net.0.proj", normed(3)).chunk(2, 2)
        v = v + self.linear(f"{inside}.ff.net.2", values * F.gelu(gate))
        return x + self.conv(f"{name}.proj_out", picture(v, x))

    def block(self, name, x, embedding):
        for k in range(self.below(name)):
            part = f"{name}.{k}"
            if self.has(f"{part}.in_layers.0"):
                x = self.residual(part, x, embedding)
            elif self.has(f"{part}.qkv"):
                x = self.attention(part, x)
            elif self.has(f"{part}.proj_in"):
                x = self.transformer(part, x)
            elif self.has(f"{part}.op"):
                x = self.conv(f"{part}.op", x, stride=2)
            elif self.has(f"{part}.conv"):
                x = self.conv(f"{part}.conv", enlarged(x))
            else:
                x = self.conv(part, x)
        return x

    def forward(self, x, t):
        embedding = self.two_layers("time_embed.0", "time_embed.2", waves(t, self.weight("time_embed.0.weight").shape[1]))
        kept = []
        for k in range(self.below("input_blocks")):
            x = self.block(f"input_blocks.{k}", x, embedding)
            kept.append(x)
        x = self.block("middle_block", x, embedding)
        for k in range(self.below("output_blocks")):
            x = self.block(f"output_blocks.{k}", torch.cat([x, kept.pop()], 1), embedding)
        return self.conv("out.2", F.silu(self.norm("out.0", x)))
