"""A task as the C++ core takes it (python/binding/registration.cpp reads these attributes)."""
import dataclasses
import inspect
import typing

import torch


@dataclasses.dataclass
class TaskPart:
    name: str
    function: typing.Callable
    title: str
    source: str
    version: str
    options: tuple
    linear: bool
    check: typing.Callable | None
    origin: str = ""
    kind = "task"

    def __post_init__(self):
        self.title = self.title or (self.function.__doc__ or "a task in Python").strip().splitlines()[0]
        if inspect.isclass(self.function) and not self.linear and not hasattr(self.function, "pseudo_inverse"):
            raise ValueError(f"task '{self.name}' is not linear: give it pseudo_inverse(y), the usual first guess")
        if not inspect.isclass(self.function) and not self.linear:
            raise ValueError(f"task '{self.name}' is not linear: make it a class with forward and pseudo_inverse")

    def check_options(self, options, shape):
        if self.check is not None:
            self.check(options, tuple(shape))

    def bind(self, options, shape, noise):
        """For a batch of that shape [B, C, H, W]."""
        if inspect.isclass(self.function):
            return BoundTask(self.function(options, tuple(shape), noise), self.linear)
        return BoundTask(PlainOperator(self.function, options), self.linear)


class PlainOperator:
    """function(x, options) as an operator."""

    def __init__(self, function, options):
        self.function, self.options = function, options

    def forward(self, x):
        return self.function(x, self.options)


class BoundTask:
    """A person's operator with what follows of it: the pass back is its adjoint, else autograd's."""

    def __init__(self, operator, linear):
        self.operator = operator
        self.own_adjoint = linear and hasattr(operator, "adjoint")
        self.has_pseudo_inverse = hasattr(operator, "pseudo_inverse")
        mask = getattr(operator, "mask", None)
        self.measured = mask() if callable(mask) else mask

    def forward(self, x):
        with torch.no_grad():
            return self.operator.forward(x)

    def vjp(self, x, v):
        if self.own_adjoint:
            with torch.no_grad():
                return self.operator.adjoint(v)
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self.operator.forward(leaf), leaf, v, allow_unused=True)
        return torch.zeros_like(x) if gradient is None else gradient

    def pseudo_inverse(self, y):
        with torch.no_grad():
            return self.operator.pseudo_inverse(y)
