"""dpsbench for Python: methods, priors and tasks of your own in PyTorch beside the built-in ones, and results as arrays.

A file of yours defines parts (`method`, `prior`, `task`); the command line knows them by --plugin:

    python -m dpsbench check my_sampler.py
    python -m dpsbench run experiment.yaml --plugin my_sampler.py --output out

and `dpsbench.open("out")` reads what came of it; `dpsbench.results("out")` is all its numbers as a data frame.
"""
import torch  # first: the C++ core uses the libraries that this brings

try:
    from . import _core
except ImportError as error:
    raise ImportError(f"dpsbench's C++ core does not fit torch {torch.__version__}, or was not built: install dpsbench "
                      f"again in this environment ({error})") from error

from ._core import (DataError, Error, NoiseLevel, NoiseSchedule, NumericError, Problem, Stopped, UserError, image_dot,
                    image_norm, per_image, read_safetensors)
from .options import Option, option, steps
from .parts import method, prior, task
from .plugin import load
from .outputs import open, results  # noqa: A004  the package's own word for it
from .paired_tests import best_of, paired

__all__ = ["DataError", "Error", "NoiseLevel", "NoiseSchedule", "NumericError", "Option", "Problem", "Stopped",
           "UserError", "best_of", "image_dot", "image_norm", "load", "method", "open", "option", "paired",
           "per_image", "prior", "read_safetensors", "results", "steps", "task"]
