"""The decorators by which a plugin's file defines its parts."""
from ._core import NoiseSchedule
from .method_part import MethodPart
from .prior_part import PriorPart
from .task_part import TaskPart

defined = []  # by the plugins so far, in order


def method(name, *, title="", paper="", version="", options=(), needs=(), only_tasks=(), cost=None):
    """Makes a method of function(problem, options) -> x_0 [B, C, H, W].

    needs: of "gradient", "linear", "svd", what the method asks of its prior and task. only_tasks: the names of the tasks
    that it serves, if not all that meet its needs. cost: options -> evaluations of the prior an image, or those and the
    passes back through it; left out, both are the option `steps`. version: yours, part of what identifies results.
    """

    def define(function):
        defined.append(MethodPart(name, function, title, paper, version, tuple(options), tuple(needs),
                                  tuple(only_tasks), cost))
        return function

    return define


def task(name, *, title="", source="", version="", options=(), linear=True, check=None):
    """Makes a task of function(x, options) -> y, or of a class.

    A function is differentiable PyTorch: x [B, C, H, W] in [-1, 1] -> y [B, ...], each image for itself. A class is
    made for each batch by Class(options, shape, noise), draws what is random by noise.normal("mask", step, shape), and
    has forward(x); where you have them adjoint(y), pseudo_inverse(y), and `mask` [B, 1, H, W], 1 where y is measured.
    linear: whether forward is. check: (options, (C, H, W)) -> None, raises ValueError where they do not fit.
    """

    def define(function):
        defined.append(TaskPart(name, function, title, source, version, tuple(options), linear, check))
        return function

    return define


def prior(name, *, shape, predicts, conditioned_on, input="preserving", schedule=None, clips=True, title="", version="",
          options=()):
    """Makes a prior of function(options) -> torch.nn.Module, called as module(x [B, C, H, W], condition [B]).

    The words are those of a network as a TorchScript file (docs/own-network.md):
    shape: (C, H, W), or a function of the options. predicts: "eps", "x0", "v" (Salimans & Ho), "velocity" (x_0 - eps of a
    straight path), "edm" (EDM's D). input: "preserving", x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps; "exploding",
    u = x_0 + sigma eps. "edm" is given u, and "velocity" t x_0 + (1 - t) eps, whatever it says. conditioned_on:
    "timestep" of the schedule, "sigma", "log_sigma_over_4", or "time", the straight path's t, 1 at the image. schedule:
    of training, which methods respace: dpsbench.NoiseSchedule.linear() unless another is given; .scaled_linear, .cosine,
    .of_sigmas, .of_betas. clips: whether estimates of x_0 are clamped to [-1, 1]. A network with 2C channels gives its
    learned variance in the second half, as guided-diffusion does.
    """

    def define(function):
        defined.append(PriorPart(name, function, shape, predicts, conditioned_on, input, schedule or NoiseSchedule.linear(),
                                 clips, title, version, tuple(options)))
        return function

    return define
