"""Tasks and priors of a plugin in a run, against the built-in ones that they rewrite."""
import unittest

import dpsbench
import numpy as np
from door import Folder, door

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
        level, x64 = level.reshape(-1, 1, 1, 1).double(), x.double()
        if self.form == "time":
            sigma = (1 - level) / level
            return ((denoised(x64 / level, sigma) - x64) / (1 - level)).to(x)
        if self.form in ("sigma", "log", "exploding"):
            sigma = torch.exp(4 * level) if self.form == "log" else level
            x0 = denoised(x64, sigma)
            return (x0 if self.form != "exploding" else (x64 - x0) / sigma).to(x)
        betas = 1e-4 + (0.02 - 1e-4) * torch.arange(1000).double() / 999
        alpha_bar = torch.cumprod(1 - betas, 0)[level.round().long()]
        signal, noise = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
        x0 = denoised(x64 / signal, noise / signal)
        eps = (x64 - signal * x0) / noise
        return {"eps": eps, "x0": x0, "v": signal * eps - noise * x0}[self.form].to(x)

for form, predicts, input, conditioned_on in (
        ("eps", "eps", "preserving", "timestep"), ("x0", "x0", "preserving", "timestep"),
        ("v", "v", "preserving", "timestep"), ("exploding", "eps", "exploding", "sigma"),
        ("sigma", "edm", "exploding", "sigma"), ("log", "edm", "exploding", "log_sigma_over_4"),
        ("time", "velocity", "preserving", "time")):
    dpsbench.prior("net-" + form, shape=(3, 32, 32), predicts=predicts, input=input, conditioned_on=conditioned_on,
                   clips=False)(lambda options, form=form: Net(form))
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
        dpsbench.load(self.write("priors.py", PRIORS))
        seen = {}
        for form in ("eps", "x0", "v", "exploding", "sigma", "log", "time"):
            trial = dpsbench._core.Trial("denoising", {}, ["a", "b"], [3, 32, 32], 0.05, f"net-{form}", {})
            problem = trial.problem.respaced(10)
            seen[form] = [problem.prior(problem.noise("initial"), i) for i in range(10)]
        for form, predictions in seen.items():
            for i, (here, there) in enumerate(zip(predictions, seen["eps"])):
                self.assertLess(float((here - there).abs().max()), 2e-4, f"{form} at step {i}")
        self.assertGreater(float(seen["eps"][5].abs().max()), 0.3)

    def test_a_schedule_of_its_own(self):
        text = PRIORS.replace("clips=False)", "clips=False, schedule=dpsbench.NoiseSchedule.cosine(400))").replace("net-", "c-")
        dpsbench.load(self.write("cosine.py", text))
        trial = dpsbench._core.Trial("denoising", {}, ["a"], [3, 32, 32], 0.05, "c-sigma", {})
        schedule, cosine = trial.problem.schedule, dpsbench.NoiseSchedule.cosine(400)
        self.assertEqual([schedule.alpha_bar(i) for i in range(400)], [cosine.alpha_bar(i) for i in range(400)])

    def test_in_a_run(self):
        with self.run_it(self.write("run.py", PRIORS.replace("net-", "r-")), "name: dps, steps: 10, scale: 1",
                         prior="{kind: r-time}", images=2) as results:
            (cell,) = results.cells
            self.assertGreater(abs(results.samples(cell)).max(), 0.3)
            self.assertIn("plugin sha256=", results.cells[cell]["prior"])
            self.assertIn("parameters=", results.cells[cell]["prior"])


if __name__ == "__main__":
    unittest.main()
