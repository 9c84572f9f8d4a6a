"""Made-up settings on which `check` tries parts."""
from . import _core

SHAPE = (3, 16, 16)
SIGMA_Y = 0.05
TASKS = (("inpainting", {"mask_fraction": 0.5}), ("super_resolution", {"scale": 2}), ("denoising", {}),
         ("high_dynamic_range", {}))
FEW_STEPS = 8


def trial(task, task_options, images, prior="", shape=SHAPE):
    return _core.Trial(task, task_options, list(images), list(shape), SIGMA_Y, prior, {})


def few_steps(part):
    """Options under which a method is quick."""
    for option in part.options:
        if option.name == "steps" and isinstance(option.default, int):
            steps = max(FEW_STEPS, int(option.least or 1))
            return {"steps": min(steps, int(option.greatest or steps))}
    return {}


def served_task(part):
    """A task, with its options, that a method can be tried on."""
    tasks = [(name, {}) for name in part.only_tasks] or list(TASKS)
    for name, options in tasks:
        if not _core.incompatibility(part.name, name):
            return name, options
    raise _core.UserError(f"it serves none of {', '.join(name for name, _ in tasks)}")
