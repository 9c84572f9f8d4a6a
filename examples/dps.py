"""DPS (Chung et al. 2023, Algorithm 1) in PyTorch: the same bits as the built-in dps."""
import dpsbench
import torch


@dpsbench.method(
    "my-dps", title="DPS in PyTorch", paper="Chung et al. 2023, arXiv 2209.14687", needs=["gradient"],
    options=[dpsbench.steps(1000),
             dpsbench.option("scale", 0.5, least=0, meaning="factor on the gradient of ||y - A x0hat||")])
def dps(problem, options):
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    for i in reversed(range(problem.schedule.steps)):
        x_t = x.requires_grad_()
        at = problem.evaluate(x_t, i)  # at.x0 = E[x_0 | x_t]
        residual = problem.operator(at.x0) - problem.y
        length = dpsbench.image_norm(residual.detach()).clamp_min(1e-12)
        direction = residual.detach() / dpsbench.per_image(length, residual)
        (gradient,) = torch.autograd.grad(residual, x_t, direction)  # of each image's ||y - A x0hat||
        with torch.no_grad():
            x = problem.ancestral_step(i, x_t, at.x0, at.variance_fraction) - gradient * options.scale
        problem.observe(i, x, at.x0, step_size=options.scale / (2 * length))
    return x
