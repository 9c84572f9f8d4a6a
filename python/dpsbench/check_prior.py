"""What a prior must be: a predictor of the noise, the same each time, of each image alone, with a gradient."""
import torch

from . import _core
from .made_up import trial
from .prior_part import parameter_digest

SHARES = (0.02, 0.3, 0.7, 1.0)  # of the way from the least noisy step of its schedule to the noisiest
CLOSE = 1e-2  # relative, of finite differences in single precision


def prior_verdicts(part):
    values = {option.name: option.default for option in part.options}
    shape = _core.prior_shape(part.name, values)
    yield True, f"makes images {list(shape)}"
    yield from parameter_verdicts(part, values)
    problem_of = {}
    batches = {name: trial("denoising", {}, images, part.name, shape) for name, images in
               (("first", ("a", "b")), ("other", ("a", "c")))}
    for name, batch in batches.items():
        problem_of[name] = batch.problem
    last = part.schedule.steps - 1
    steps = [round(share * last) for share in SHARES]
    for i in steps:
        yield from level_verdicts(problem_of, i, last)
    yield from gradient_verdicts(problem_of["first"], steps[1])


def parameter_verdicts(part, values):
    import types

    options = types.SimpleNamespace(**values)
    digest = parameter_digest(part.module(options))
    part.built.clear()
    same = digest == parameter_digest(part.module(options))
    yield same, ("the same parameters each time it is made" if same else
                 "other parameters each time it is made: ranks would work with different networks")


def level_verdicts(problem_of, i, last):
    problem = problem_of["first"]
    x_t = problem.noise("initial")
    eps = problem.prior(x_t, i)
    good = bool(eps.isfinite().all())
    yield good, f"step {i}: finite" if good else f"step {i}: not finite"
    if not torch.equal(eps, problem.prior(x_t, i)):
        yield False, f"step {i}: other numbers the second time (dropout? random numbers of torch?)"
    other = problem_of["other"]
    if not torch.equal(eps[0], other.prior(other.noise("initial"), i)[0]):
        yield False, f"step {i}: it couples the images of a batch"
    if i == last:
        likeness = float((eps * x_t).sum() / (eps.norm() * x_t.norm()).clamp_min(1e-12))
        yield likeness > 0.8, (f"sees the noise in pure noise (cosine {likeness:.3f})" if likeness > 0.8 else
                               f"does not see the noise in pure noise: cosine {likeness:.3f}; is it what `predicts` and "
                               "`conditioned_on` say?")


def gradient_verdicts(problem, i):
    generator = torch.Generator().manual_seed(1)
    x_t = problem.noise("initial").requires_grad_()
    direction = torch.randn(x_t.shape, generator=generator)
    cotangent = torch.randn(x_t.shape, generator=generator)
    (gradient,) = torch.autograd.grad(problem.prior(x_t, i), x_t, cotangent)
    step = 1e-2
    with torch.no_grad():
        change = (problem.prior(x_t + step * direction, i) - problem.prior(x_t - step * direction, i)) / (2 * step)
    by_differences, by_autograd = float((change * cotangent).sum()), float((gradient * direction).sum())
    apart = abs(by_differences - by_autograd) / float(change.norm() * cotangent.norm())
    yield apart < CLOSE, (f"its gradient is that of finite differences ({apart:.1e})" if apart < CLOSE else
                          f"its gradient is not that of finite differences: {apart:.1e} apart, relatively")
