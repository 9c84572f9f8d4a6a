"""DPS whose guidance has momentum: an idea of one's own, judged beside the method that it changes."""
import dpsbench
import torch


@dpsbench.method(
    "dps-momentum", title="DPS with momentum on its guidance", version="1", needs=["gradient"],
    options=[dpsbench.steps(1000),
             dpsbench.option("scale", 0.5, least=0, meaning="factor on the guidance", tune=(0.1, 20)),
             dpsbench.option("momentum", 0.5, least=0, greatest=0.99, meaning="share of the last step's guidance kept")])
def dps_momentum(problem, options):
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    guidance = torch.zeros_like(x)
    for i in reversed(range(problem.schedule.steps)):
        x_t = x.requires_grad_()
        at = problem.evaluate(x_t, i)
        distance = (problem.operator(at.x0) - problem.y).flatten(1).norm(dim=1)  # of each image
        (gradient,) = torch.autograd.grad(distance.sum(), x_t)
        guidance = options.momentum * guidance + (1 - options.momentum) * gradient
        with torch.no_grad():
            x = problem.ancestral_step(i, x_t, at.x0, at.variance_fraction) - options.scale * guidance
        problem.observe(i, x, at.x0)
    return x
