"""A method as the C++ core takes it (python/binding/registration.cpp reads these attributes)."""
import dataclasses
import typing


@dataclasses.dataclass
class MethodPart:
    name: str
    function: typing.Callable
    title: str
    paper: str
    version: str
    options: tuple
    needs: tuple
    only_tasks: tuple
    cost: typing.Callable | None
    origin: str = ""
    kind = "method"

    def __post_init__(self):
        self.title = self.title or (self.function.__doc__ or "a method in Python").strip().splitlines()[0]

    def cost_of(self, options, sigma_y):
        """(evaluations of the prior, passes back) of one image."""
        if self.cost is None:
            steps = getattr(options, "steps", 0)
            return float(steps), float(steps if "gradient" in self.needs else 0)
        cost = self.cost(options)
        if isinstance(cost, (int, float)):
            return float(cost), 0.0
        forward, backward = cost
        return float(forward), float(backward)
