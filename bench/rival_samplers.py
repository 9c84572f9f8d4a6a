"""Samplers as their authors' code drives a network in eager PyTorch; norms are per image, as a batch needs them.

Each takes a Setting and returns samples; dpsbench's twin of each is in methods/.
"""

import dataclasses
import math

import torch

SIGMA_Y = 0.05


class Schedule:
    """guided-diffusion's linear betas, respaced to `steps`."""

    def __init__(self, steps):
        full = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0)
        self.full_sigma = ((1 - full) / full).sqrt()
        self.times = torch.linspace(0, 999, steps).round().long() if steps > 1 else torch.tensor([0])
        self.bar = full[self.times].tolist()
        self.previous = [1.0] + self.bar[:-1]
        self.beta = [1 - bar / previous for bar, previous in zip(self.bar, self.previous)]

    def time_of(self, sigma):
        """The fractional time of that noise, linear in log sigma."""
        logs = self.full_sigma.log()
        above = int(torch.searchsorted(logs, math.log(sigma)).clamp(1, 999))
        low, high = logs[above - 1].item(), logs[above].item()
        return min(max(above - 1 + (math.log(sigma) - low) / (high - low), 0.0), 999.0)


@dataclasses.dataclass
class Setting:
    network: object  # forward_diffusion(x, times) -> [B, 6, H, W]
    schedule: Schedule
    operator: object  # A
    y: torch.Tensor
    shape: tuple
    mask: torch.Tensor = None  # of inpainting
    reference: torch.Tensor = None  # the noisy image that dps-w denoises; None: y


def start(setting):
    return torch.randn(setting.shape)


def predict(setting, x, i):
    """x0 and mean and deviation of the step, as guided-diffusion's p_mean_variance: learned range, x0 clamped."""
    s = setting.schedule
    bar, previous, beta = s.bar[i], s.previous[i], s.beta[i]
    out = setting.network.forward_diffusion(x, torch.full((x.shape[0],), float(s.times[i])))
    eps, fraction = out.chunk(2, 1)
    variance = beta * (1 - previous) / (1 - bar)
    least = math.log(variance if i > 0 else s.beta[1] * (1 - s.previous[1]) / (1 - s.bar[1]))
    fraction = (fraction + 1) / 2
    deviation = torch.exp(0.5 * (fraction * math.log(beta) + (1 - fraction) * least))
    x0 = (x / math.sqrt(bar) - eps * math.sqrt(1 / bar - 1)).clamp(-1, 1)
    mean = x0 * (beta * math.sqrt(previous) / (1 - bar)) + x * ((1 - previous) * math.sqrt(1 - beta) / (1 - bar))
    return x0, mean, deviation, eps


def lengths(residual):
    return residual.flatten(1).norm(dim=1)


def dps(setting, scale=0.5):
    x = start(setting)
    for i in reversed(range(len(setting.schedule.bar))):
        x = x.requires_grad_()
        x0, mean, deviation, _ = predict(setting, x, i)
        sample = mean + deviation * torch.randn_like(x) * (i > 0)
        norm = lengths(setting.y - setting.operator(x0)).sum()
        gradient = torch.autograd.grad(norm, x)[0]
        x = (sample - scale * gradient).detach()
    return x


def dot(a, b):
    return (a * b).flatten(1).sum(1).view(-1, 1, 1, 1)


def dps_w_naive(setting):
    """A reference score at every step; two gradients where the reference's residual is not the task's own."""
    s = setting.schedule
    reference = setting.y if setting.reference is None else setting.reference
    x = start(setting)
    for i in reversed(range(len(s.bar))):
        bar, root = s.bar[i], math.sqrt(s.bar[i])
        x = x.requires_grad_()
        x0, mean, deviation, eps = predict(setting, x, i)
        sample = mean + deviation * torch.randn_like(x) * (i > 0)
        of_task = (setting.y - setting.operator(x0)).square().sum()
        if setting.reference is None:
            s_dps = s_reference = -torch.autograd.grad(of_task, x)[0]
        else:
            s_dps = -torch.autograd.grad(of_task, x, retain_graph=True)[0]
            s_reference = -torch.autograd.grad((x0 - reference).square().sum(), x)[0]
        with torch.no_grad():
            of_y, of_t = SIGMA_Y**2, (1 - bar) / bar
            tilde = math.sqrt(of_y * of_t / (of_y + of_t))
            u = x / root
            state = (reference * of_t + u * of_y) / (of_y + of_t)
            if setting.mask is not None:
                state = torch.where(setting.mask > 0, state, u)
            tilde = max(tilde, s.full_sigma[0].item())
            bar_tilde = 1 / (1 + tilde**2)
            times = torch.full((x.shape[0],), s.time_of(tilde))
            prior = setting.network.forward_diffusion(state * math.sqrt(bar_tilde), times).chunk(2, 1)[0]
            prior = -prior / math.sqrt(1 - bar_tilde) * math.sqrt(bar_tilde)
            posterior = (prior * (of_y / (of_y + of_t)) + (reference - u) / (of_y + of_t)) / root
            likelihood = posterior + eps / math.sqrt(1 - bar)
            masked = s_reference if setting.mask is None else s_reference * setting.mask
            omega = dot(likelihood, masked) / dot(masked, masked) * (s.beta[i] / math.sqrt(1 - s.beta[i]))
            if setting.reference is not None:
                omega = (4 * omega).clamp(max=0.3 * 1000 / len(s.bar))
            x = (sample + omega * s_dps).detach()
    return x


def dsg(setting, interval=5, rate=0.1):
    """DDIM with eta 1; the graph is built at every step, as the authors' loop does."""
    s = setting.schedule
    elements = math.sqrt(math.prod(setting.shape[1:]))
    x = start(setting)
    for i in reversed(range(len(s.bar))):
        bar, previous = s.bar[i], s.previous[i]
        x = x.requires_grad_()
        x0, _, _, _ = predict(setting, x, i)
        sigma = math.sqrt((1 - previous) / (1 - bar)) * math.sqrt(1 - bar / previous)
        eps = (x / math.sqrt(bar) - x0) / math.sqrt(1 / bar - 1)
        mean = x0 * math.sqrt(previous) + eps * math.sqrt(max(0.0, 1 - previous - sigma**2))
        sample = mean + sigma * torch.randn_like(x) * (i > 0)
        if i % interval == 0:
            norm = lengths(setting.y - setting.operator(x0)).sum()
            gradient = torch.autograd.grad(norm, x)[0]
            radius = elements * sigma
            towards = -radius * gradient / (lengths(gradient).view(-1, 1, 1, 1) + 1e-8)
            turned = sample - mean
            turned = turned + rate * (towards - turned)
            sample = mean + radius * turned / (lengths(turned).view(-1, 1, 1, 1) + 1e-8)
        x = sample.detach()
    return x
