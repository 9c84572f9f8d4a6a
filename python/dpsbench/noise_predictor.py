"""A network of any parameterization as a predictor of the noise in x_t."""
import bisect
import math

import torch

from ._core import NoiseSchedule

PREDICTIONS = ("eps", "x0", "edm", "velocity")
CONDITIONS = ("timestep", "sigma", "log_sigma_over_4", "time")


class TrainingSteps:
    """Betas as noise levels: sigma = sqrt((1 - alpha_bar) / alpha_bar) of each step, least noisy first."""

    def __init__(self, betas):
        self.sigmas, alpha_bar = [], 1.0
        for beta in betas:
            if not 0 < beta < 1:
                raise ValueError(f"beta {beta} is not between 0 and 1")
            alpha_bar *= 1 - float(beta)
            self.sigmas.append(math.sqrt((1 - alpha_bar) / alpha_bar))

    def step_of(self, sigma):
        """Fractional: linear in log sigma^2 between steps, held at the ends."""
        if sigma <= self.sigmas[0]:
            return 0.0
        if sigma >= self.sigmas[-1]:
            return float(len(self.sigmas) - 1)
        above = bisect.bisect_left(self.sigmas, sigma)
        low, high = 2 * math.log(self.sigmas[above - 1]), 2 * math.log(self.sigmas[above])
        return above - 1 + (2 * math.log(sigma) - low) / (high - low)


class NoisePredictor:
    """(x_t, alpha_bar, time) -> (eps, variance_fraction or None); x_t as the core has it, sqrt(alpha_bar) x_0 + ..."""

    def __init__(self, module, predicts, conditioned_on, betas, sigmas, clips, channels):
        self.module, self.predicts, self.conditioned_on = module, predicts, conditioned_on
        self.clips, self.channels = clips, channels
        self.steps = TrainingSteps(betas) if betas is not None else None
        self.sigmas = sigmas or (0.0, math.inf)
        if conditioned_on == "timestep":
            self.smallest_sigma = self.steps.sigmas[0] if self.steps else NoiseSchedule.linear().smallest_sigma
        else:
            self.smallest_sigma = float(self.sigmas[0])

    def __call__(self, x_t, alpha_bar, time):
        sigma = math.sqrt((1 - alpha_bar) / alpha_bar)
        level, scale = self.told(sigma, time)
        seen = x_t if self.conditioned_on == "timestep" else x_t * (scale / math.sqrt(alpha_bar))
        output = self.module(seen, torch.full((len(x_t),), level, dtype=x_t.dtype, device=x_t.device))
        variance = None
        if self.predicts == "eps" and output.shape[1] == 2 * self.channels:
            output, variance = output.split(self.channels, dim=1)
        if output.shape != x_t.shape:
            raise ValueError(f"the network returned the shape {tuple(output.shape)} for {tuple(x_t.shape)}")
        if self.predicts == "eps":
            return output, variance
        x0 = output if self.predicts != "velocity" else seen + (1 - level) * output
        return (x_t - math.sqrt(alpha_bar) * x0) / math.sqrt(1 - alpha_bar), None

    def told(self, sigma, time):
        """What the network is told, and the factor on x_t / sqrt(alpha_bar) that it sees."""
        if self.conditioned_on == "timestep":
            return (time if self.steps is None else self.steps.step_of(sigma)), 1.0
        held = min(max(sigma, self.sigmas[0]), self.sigmas[1])
        if self.conditioned_on == "sigma":
            return held, 1.0
        if self.conditioned_on == "log_sigma_over_4":
            return math.log(held) / 4, 1.0
        return 1 / (1 + sigma), 1 / (1 + sigma)
