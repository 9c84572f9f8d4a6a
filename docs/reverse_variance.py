"""The share of a Gaussian posterior's variance that exact sampling of a denoising task leaves, prior flat, by the variance of its
reverse step; in closed form (docs/truth.md).
    python3 docs/reverse_variance.py"""
from math import sqrt

alpha_bars, product = [], 1.0
for step in range(1000):
    product *= 1 - (1e-4 + (0.02 - 1e-4) * step / 999)
    alpha_bars.append(product)


def share(sigma_y, steps, kind):
    kept = [alpha_bars[round(step * 999 / (steps - 1))] for step in range(steps)]
    variance = 1.0  # of x_T; its mean is right at every step
    for i in reversed(range(steps)):
        now, after = kept[i], kept[i - 1] if i else 1.0
        beta, of_t = 1 - now / after, (1 - now) / now
        of_x0 = 1 / (1 / of_t + 1 / sigma_y**2)  # of x_0 given x_t and y
        from_x0 = beta * sqrt(after) / (1 - now)
        gain = from_x0 * of_x0 / of_t / sqrt(now) + (1 - after) * sqrt(now / after) / (1 - now)
        known = beta * (1 - after) / (1 - now)
        added = {"posterior": known, "beta_t": beta if i else 0, "gaussian": known + from_x0**2 * of_x0}[kind]
        variance = gain**2 * variance + added
    return variance / sigma_y**2


for sigma_y in (0.05, 0.3):
    for steps in (50, 100, 1000):
        shares = [f"{share(sigma_y, steps, kind):.3f}" for kind in ("posterior", "beta_t", "gaussian")]
        print(sigma_y, steps, *shares)
