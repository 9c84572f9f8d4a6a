"""Tasks and priors of a plugin in a run, against the built-in ones that they rewrite."""
import unittest

import dpsbench
import numpy as np
from door import PHOTO32, Folder, door

TASKS = """import dpsbench, torch

@dpsbench.task("my-pooling", options=[dpsbench.option("scale", 4, least=1, greatest=16, meaning="factor")])
def pooling(x, options):
    return torch.nn.functional.avg_pool2d(x, options.scale)

@dpsbench.task("my-holes", options=[dpsbench.option("fraction", 0.5, least=0, greatest=1, meaning="share of pixels hidden")])
class Holes:
    def __init__(self, options, shape, noise):
        self.mask = (noise.uniform("mask", 0, [1, *shape[2:]]) >= options.fraction).float()

    def forward(self, x):
        return x * self.mask

    def adjoint(self, y):
        return y * self.mask

    def pseudo_inverse(self, y):
        return y * self.mask

def check(options, shape):
    if shape[0] != 1:
        raise ValueError("grey images only")

@dpsbench.task("my-grey", check=check)
def grey(x, options):
    return x

@dpsbench.task("my-square", linear=False)
class Square:
    def __init__(self, options, shape, noise):
        pass

    def forward(self, x):
        return (x + 1) ** 2

    def pseudo_inverse(self, y):
        return y.clamp_min(0).sqrt() - 1
"""
# the closed form of images that are normal with variance 1/4: eps = x_t sqrt(1 - alpha_bar) / (alpha_bar / 4 + 1 - alpha_bar)
PRIORS = """import dpsbench, torch
V = 0.25

def denoised(u, sigma):
    return u * (V / (V + sigma ** 2))

class Net(torch.nn.Module):
    def __init__(self, form):
        super().__init__()
        self.form = form

    def forward(self, x, level):
        level = level.reshape(-1, 1, 1, 1).double()
        if self.form == "sigma" or self.form == "log":
            sigma = level if self.form == "sigma" else torch.exp(4 * level)
            return denoised(x.double(), sigma).to(x)
        if self.form == "time":
            sigma = (1 - level) / level
            x0 = denoised(x.double() / level, sigma)
            return ((x0 - x) / (1 - level)).to(x)
        betas = 1e-4 + (0.02 - 1e-4) * torch.arange(1000).double() / 999
        sigmas = ((1 - torch.cumprod(1 - betas, 0)) / torch.cumprod(1 - betas, 0)).sqrt()
        sigma = sigmas[level.round().long()]
        u = x.double() * (1 + sigma ** 2).sqrt()
        x0 = denoised(u, sigma)
        return (x0 if self.form == "x0" else (u - x0) / sigma).to(x)

for form, predicts, conditioned_on in (("eps", "eps", "timestep"), ("x0", "x0", "timestep"), ("sigma", "edm", "sigma"),
                                       ("log", "edm", "log_sigma_over_4"), ("time", "velocity", "time")):
    dpsbench.prior("net-" + form, shape=(3, 32, 32), predicts=predicts, conditioned_on=conditioned_on, clips=False)(
        lambda options, form=form: Net(form))
"""


class Parts(Folder):
    def run_it(self, plugin, *methods, **more):
        output = self.folder / "out"
        code, _, errors = door("run", self.experiment(*methods, **more), "--plugin", plugin, "--output", output, "--quiet")
        self.assertEqual(code, 0, errors)
        return dpsbench.open(output)

    def test_tasks(self):
        tasks = ("[{name: my-pooling, scale: 4}, {name: super_resolution_pooling, scale: 4}, {name: my-holes}, "
                 "{name: my-square}]")
        with self.run_it(self.write("tasks.py", TASKS), "name: dps, steps: 3", "name: pseudo-inverse", tasks=tasks) as results:
            of = {(told["task"], told["method"]): cell for cell, told in results.cells.items()}
            for what, tolerance in (("measurement", 1e-6), ("samples", 1e-4)):
                own = results.array(of["my-pooling", "dps"], what)
                built_in = results.array(of["super_resolution_pooling", "dps"], what)
                self.assertLess(np.abs(own - built_in).max(), tolerance)
            inverse = results.samples(of["my-pooling", "pseudo-inverse"])
            self.assertLess(np.abs(inverse - results.samples(of["super_resolution_pooling", "pseudo-inverse"])).max(), 1e-3)
            holes = results.measurements(of["my-holes", "dps"])
            self.assertEqual(holes.shape, (4, 3, 32, 32))
            self.assertIn("task.fraction", results.cells[of["my-holes", "dps"]])

    def test_options_that_do_not_fit_are_told_before_any_work(self):
        experiment = self.experiment("name: dps, steps: 3", tasks="[{name: my-grey}]")
        code, _, errors = door("run", experiment, "--plugin", self.write("tasks.py", TASKS), "--output", self.folder / "o")
        self.assertEqual(code, 2, errors)
        self.assertIn("grey images only", errors)

    def test_every_parameterization_is_the_same_prior(self):
        plugin = self.write("priors.py", PRIORS)
        samples = {}
        for form in ("eps", "x0", "sigma", "log", "time"):
            with self.run_it(plugin, "name: dps, steps: 10, scale: 1", prior=f"{{kind: net-{form}}}", images=2) as results:
                (cell,) = results.cells
                samples[form] = results.samples(cell)
            for file in sorted((self.folder / "out").rglob("*"), reverse=True):
                file.unlink() if file.is_file() else file.rmdir()
        self.assertGreater(np.abs(samples["eps"]).max(), 0.3)
        for form, of_form in samples.items():
            self.assertLess(np.abs(of_form - samples["eps"]).max(), 2e-3, form)

    def test_photo32_is_still_the_prior_where_none_is_asked_for(self):
        with self.run_it(self.write("priors.py", PRIORS), "name: dps, steps: 1", prior=PHOTO32, images=1) as results:
            self.assertTrue(all("unet" in told["prior"] for told in results.cells.values()))


if __name__ == "__main__":
    unittest.main()
