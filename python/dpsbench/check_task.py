"""What a task must be: what it says it is, and of each image alone."""
import torch

from . import _core
from .made_up import trial

CLOSE = 1e-3  # relative, in single precision


def defaults(part):
    return {option.name: option.default for option in part.options}


def task_verdicts(part):
    batch = trial(part.name, defaults(part), ("a", "b", "c"))
    op, x = batch.problem.operator, batch.original
    y = op(x)
    yield True, f"measures images {list(x.shape)} as {list(y.shape)}"
    yield bool(y.isfinite().all()), "its measurements are finite" if y.isfinite().all() else "its measurements are not finite"
    second = trial(part.name, defaults(part), ("a", "b", "c"))
    again = second.problem.operator(x)
    yield torch.equal(y, again), ("the same again, bit for bit" if torch.equal(y, again) else
                                  "other numbers the second time: draw by noise.normal('mask', ...)")
    others = trial(part.name, defaults(part), ("a", "d", "e"))
    alone = torch.equal(y[0], others.problem.operator(torch.cat([x[:1], others.original[1:]]))[0])
    yield alone, ("an image does not know of the others in its batch" if alone else
                  "it couples the images of a batch: an image's measurement changes with the others")
    yield from gradient_verdicts(op, x, y)
    if part.linear:
        yield from linear_verdicts(op, x, y)


def distance(a, b):
    return float((a - b).norm() / b.norm().clamp_min(1e-12))


def gradient_verdicts(op, x, y):
    """(dA / dx)^T v against differences of A, along a direction."""
    generator = torch.Generator().manual_seed(1)
    direction = torch.randn(x.shape, generator=generator)
    cotangent = torch.randn(y.shape, generator=generator)
    step = 1e-2
    by_differences = ((op(x + step * direction) - op(x - step * direction)) / (2 * step) * cotangent).sum()
    by_vjp = (op.vjp(x, cotangent) * direction).sum()
    scale = float(cotangent.norm() * direction.norm())
    apart = abs(float(by_differences - by_vjp)) / scale
    yield apart < CLOSE, (f"its gradient is that of finite differences ({apart:.1e})" if apart < CLOSE else
                          f"its gradient (adjoint) is not that of finite differences: {apart:.1e} apart, relatively")


def linear_verdicts(op, x, y):
    flipped = x.flip(0)
    apart = distance(op(2 * x - 0.5 * flipped), 2 * y - 0.5 * op(flipped))
    yield apart < CLOSE, ("it is linear" if apart < CLOSE else f"it says that it is linear, and is not ({apart:.1e})")
    try:
        back = distance(op(op.pseudo_inverse(y)), y)
    except _core.Error as error:
        yield False, f"its pseudo-inverse: {error}"
        return
    yield back < 10 * CLOSE, (f"A A^+ y is y ({back:.1e})" if back < 10 * CLOSE else
                              f"its pseudo-inverse is none: A A^+ y is {back:.1e} away from y, relatively")
