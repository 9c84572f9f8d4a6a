"""Options of methods, tasks and priors, as experiment files give them."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Option:
    """One option: its default's type (True or False, a whole number, a real number, a word) is its type."""

    name: str
    default: bool | int | float | str
    description: str = ""
    least: float | None = None
    greatest: float | None = None
    choices: tuple[str, ...] = ()
    tune: tuple[float, float] | None = None


def option(name, default, *, least=None, greatest=None, choices=(), unit="", meaning="", tune=None):
    """An option with its range (both ends included; None: no bound), or the words that it may be, and what it means.
    tune: (least, greatest) between which `dpsbench tune` chooses it for a method, evenly in its logarithm."""
    description = f"{meaning}, in {unit}" if unit else meaning
    return Option(name, default, description, least, greatest, tuple(choices), tune)


def steps(default=1000, greatest=1000):
    """The option `steps`, by the name that plans, tables and presets know it by."""
    return Option("steps", default, "steps of the sampler", 1, greatest)
