"""The decorators by which a plugin's file defines its parts."""
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


def prior(name, *, shape, predicts, conditioned_on, betas=None, sigmas=None, clips=True, title="", version="",
          options=()):
    """Makes a prior of function(options) -> torch.nn.Module, called as module(x, level) with level [B].

    shape: (C, H, W), or a function of the options. predicts: "eps"; "x0"; "edm" (EDM's denoiser D); "velocity" (x_0
    minus noise, of a straight path). conditioned_on: what `level` is, and by it what x is:
      "timestep"          number of the step in training; x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps
      "sigma"             x_0 + sigma eps
      "log_sigma_over_4"  the same x
      "time"              t in [0, 1], 1 the image: t x_0 + (1 - t) eps, sigma = (1 - t) / t
    betas: of the training schedule for "timestep", least noisy first; None: linear, 1e-4 to 0.02 in 1000 steps (more in
    dpsbench.betas). sigmas: (least, greatest) noise of training for the others; beyond them the network is asked at the
    end. clips: whether estimates of x_0 are clamped to [-1, 1]. A network of eps with 2C channels gives its learned
    variance in the second half, as guided-diffusion does.
    """

    def define(function):
        defined.append(PriorPart(name, function, shape, predicts, conditioned_on, betas, sigmas, clips, title, version,
                                 tuple(options)))
        return function

    return define
