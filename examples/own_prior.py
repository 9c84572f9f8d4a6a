"""A network of one's own as a prior: deepinv's DiffUNet, here with the weights of photo32 (needs deepinv 0.5.0)."""
import pathlib
import sys

import dpsbench
import torch

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
from rival_network import CONFIGURATIONS, PHOTO32, OtherDiffUNet  # noqa: E402


class TimestepNetwork(torch.nn.Module):
    """network(x_t, timestep) -> the noise and, in the second half of the channels, the learned variance."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x_t, timestep):
        return self.network(x_t, timestep, type_t="timestep")


@dpsbench.prior("diffunet", title="deepinv's DiffUNet", shape=(3, 32, 32), predicts="eps", conditioned_on="timestep")
def diffunet(options):
    network = OtherDiffUNet(CONFIGURATIONS["photo32"])
    network.load_state_dict(dpsbench.read_safetensors(PHOTO32), strict=False)
    return TimestepNetwork(network)
