"""Training schedules by their betas, least noisy step first."""
import math


def linear(first=1e-4, last=0.02, steps=1000):
    """Evenly spaced (Ho et al. 2020)."""
    return [first + (last - first) * i / (steps - 1) for i in range(steps)]


def scaled_linear(first=0.0015, last=0.0195, steps=1000):
    """Evenly spaced square roots (Rombach et al. 2022); Stable Diffusion has 0.00085 and 0.012."""
    return [root * root for root in linear(math.sqrt(first), math.sqrt(last), steps)]


def cosine(steps=1000, offset=0.008, greatest=0.999):
    """alpha_bar as a squared cosine (Nichol and Dhariwal 2021)."""

    def alpha_bar(time):
        return math.cos((time + offset) / (1 + offset) * math.pi / 2) ** 2

    return [min(1 - alpha_bar((i + 1) / steps) / alpha_bar(i / steps), greatest) for i in range(steps)]
