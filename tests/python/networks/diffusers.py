"""diffusers' U-Net."""
import torch
from torch.nn import functional as F

from .layers import Named, attend, enlarged, picture, tokens, waves


class DiffusersUNet(Named):
    """diffusers' UNet2DModel as google/ddpm-celebahq-256 has it; forward(x, t) -> eps, and the variance where it is told."""

    def __init__(self, weights, config):
        super().__init__(weights, lambda width: config["norm_num_groups"], config["norm_eps"])
        self.head_width = config["attention_head_dim"]

    def residual(self, name, x, embedding):
        h = self.conv(f"{name}.conv1", F.silu(self.norm(f"{name}.norm1", x)))
        h = h + self.linear(f"{name}.time_emb_proj", embedding)[:, :, None, None]
        h = self.conv(f"{name}.conv2", F.silu(self.norm(f"{name}.norm2", h)))
        return h + (self.conv(f"{name}.conv_shortcut", x) if self.has(f"{name}.conv_shortcut") else x)

    def attention(self, name, x):
        v = tokens(self.norm(f"{name}.group_norm", x))
        q, k, v = (self.linear(f"{name}.to_{part}", v) for part in "qkv")
        heads = x.shape[1] // (self.head_width or x.shape[1])
        return x + picture(self.linear(f"{name}.to_out.0", attend(q, k, v, heads)), x)

    def layers(self, name, j, x, embedding):
        x = self.residual(f"{name}.resnets.{j}", x, embedding)
        return self.attention(f"{name}.attentions.{j}", x) if self.has(f"{name}.attentions.{j}.to_q") else x

    def forward(self, x, t):
        features = waves(t, self.weight("conv_in.weight").shape[0], shift=1, sine_first=True)
        embedding = self.two_layers("time_embedding.linear_1", "time_embedding.linear_2", features)
        x = self.conv("conv_in", x)
        kept = [x]
        for level in range(self.below("down_blocks")):
            name = f"down_blocks.{level}"
            for j in range(self.below(f"{name}.resnets")):
                x = self.layers(name, j, x, embedding)
                kept.append(x)
            if self.has(f"{name}.downsamplers.0.conv"):  # padded on the right and below only
                x = self.conv(f"{name}.downsamplers.0.conv", F.pad(x, (0, 1, 0, 1)), stride=2, padding=0)
                kept.append(x)
        x = self.residual("mid_block.resnets.1", self.layers("mid_block", 0, x, embedding), embedding)
        for level in range(self.below("up_blocks")):
            name = f"up_blocks.{level}"
            for j in range(self.below(f"{name}.resnets")):
                x = self.layers(name, j, torch.cat([x, kept.pop()], 1), embedding)
            if self.has(f"{name}.upsamplers.0.conv"):
                x = self.conv(f"{name}.upsamplers.0.conv", enlarged(x))
        return self.conv("conv_out", F.silu(self.norm("conv_norm_out", x)))
