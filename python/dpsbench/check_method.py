"""What a method must be: of the images' shape, finite, deterministic, of each image alone."""
import random

import torch

from . import _core
from .made_up import few_steps, served_task, trial


def sampled(part, options, images=("a", "b", "c"), seed=1):
    task, task_options = served_task(part)
    batch = trial(task, task_options, images)
    torch.manual_seed(seed)
    random.seed(seed)
    return batch.sample(part.name, options), batch


def method_verdicts(part):
    options = few_steps(part)
    first, batch = sampled(part, options)
    task, _ = served_task(part)
    yield True, f"samples {task} images {list(first.shape)}"
    yield bool(first.isfinite().all()), "its samples are finite" if first.isfinite().all() else "its samples are not finite"
    again, _ = sampled(part, options, seed=2)
    same = torch.equal(first, again)
    yield same, ("the same again, bit for bit" if same else
                 "other numbers the second time: draw by problem.noise, not by torch's or Python's own")
    others, _ = sampled(part, options, images=("a", "d", "e"))
    alone = torch.equal(first[0], others[0])
    apart = float((first[0] - others[0]).abs().max())
    yield alone, ("an image does not know of the others in its batch" if alone else
                  f"it couples the images of a batch: an image changes by {apart:.3g} with the others")
    yield from step_verdicts(batch)
    yield from cost_verdicts(part, options, batch)
    for option in part.options:
        yield from range_verdicts(part, options, option)


def step_verdicts(batch):
    if batch.steps_shown > 1:
        yield True, f"shows its steps, {batch.steps_shown} of them"
    else:
        yield False, "it shows no steps: problem.observe(i, x, x0) after each lets runs be stopped, watched and filmed"


def cost_verdicts(part, options, batch):
    values = {option.name: option.default for option in part.options} | options
    forward, backward = _core.cost(part.name, values, 0.05)
    used = batch.evaluations / batch.images, batch.passes_back / batch.images
    fits = (forward, backward) == used
    words = f"costs {used[0]:g} evaluations of the prior and {used[1]:g} passes back an image"
    yield fits, words + ("" if fits else f", but says {forward:g} and {backward:g}")


def range_verdicts(part, options, option):
    """At the ends of its range an option may do badly, but must not raise."""
    if option.name == "steps" or isinstance(option.default, (bool, str)):
        return
    for end in (option.least, option.greatest):
        if end is None:
            continue
        try:
            sampled(part, options | {option.name: type(option.default)(end)})
            yield True, f"{option.name} may be {end:g}"
        except _core.Error as error:
            yield False, f"{option.name} may be {end:g} by its range, but then: {error}"
    if option.least is None and option.greatest is None:
        yield True, f"{option.name} has no range: any number is taken"
