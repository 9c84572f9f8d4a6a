"""Networks of diffusers, EDM and latent-diffusion, as a plugin's priors and as TorchScript files, give the noise and the
gradients that those libraries gave. DPSBENCH_GOLDEN: another folder of such files than tests/golden."""
import pathlib
import sys
import unittest
import warnings

import dpsbench
import torch
from door import Folder

TOLERANCE, OF_TWO_SCALINGS = 1e-5, 2e-5  # largest difference over largest value; EDM's networks in VP's or VE's scalings


def distance(here, there):
    return float((here.double() - there.double()).abs().max() / there.double().abs().max())


class GoldenNetworks(Folder):
    @classmethod
    def setUpClass(cls):
        dpsbench.load(pathlib.Path(__file__).with_name("golden_priors.py"))
        cls.golden = sys.modules["dpsbench_plugin_golden_priors"].GOLDEN

    def problems(self, name):
        """The network as a plugin's prior and, traced, as a TorchScript file."""
        one = self.golden[name]
        warnings.simplefilter("ignore")  # of tracing: shapes are those of the file
        shape = [one.channels, one.side, one.side]
        file = str(self.folder / f"{name}.pt")
        torch.jit.save(torch.jit.trace(one.network.eval(), (torch.zeros(2, *shape), torch.ones(2))), file)
        for kind, options, file in ((f"golden-{name}", {}, ""), ("torchscript", one.options(), file)):
            trial = dpsbench._core.Trial("denoising", {}, ["a"], shape, 0.05, kind, options, "", file)
            self.assertEqual(trial.problem.schedule.steps, 1000)
            yield kind.split("-")[0], trial.problem, trial

    def assert_near(self, here, there, name, what):
        allowed = OF_TWO_SCALINGS if name.endswith(("-vp", "-ve")) else TOLERANCE
        self.assertLess(distance(here, there), allowed, f"{name}, {what}")

    def test_noise_at_a_step(self):
        names = [name for name in self.golden if not name.startswith("edm")]
        self.assertTrue(names)
        for name in names:
            vectors = self.golden[name].vectors
            for kind, problem, _ in self.problems(name):
                if "alphas_cumprod" in vectors:
                    levels = torch.tensor([problem.schedule.alpha_bar(i) for i in range(1000)], dtype=torch.float64)
                    self.assertLess(distance(levels, vectors["alphas_cumprod"]), 1e-12)
                found = [self.at_a_step(problem, vectors, k) for k in range(len(vectors["x"]))]
                eps, variance, gradient = (torch.cat(parts) for parts in zip(*found))
                self.assert_near(torch.cat([eps, variance], 1) if len(variance) else eps, vectors["output"], name, f"{kind}, eps")
                if not len(variance):  # the vector's gradient is that of all its channels
                    self.assert_near(gradient, vectors["vjp"], name, f"{kind}, gradient")

    def at_a_step(self, problem, vectors, k):
        """Noise, learned variance (empty: none) and gradient of image k, which has a time of its own."""
        x = vectors["x"][k:k + 1].requires_grad_()
        level = dpsbench.NoiseLevel(alpha_bar=0.5, time=float(vectors["t"][k]))
        at = problem.evaluate(x, level)
        cotangent = vectors["cotangent"][k:k + 1, :x.shape[1]]
        (gradient,) = torch.autograd.grad(at.eps, x, cotangent)
        variance = at.variance_fraction
        return at.eps.detach(), torch.zeros(0) if variance is None else variance.detach(), gradient

    def test_denoisers_at_a_sigma(self):
        names = [name for name in self.golden if name.startswith("edm")]
        self.assertTrue(names)
        for name in names:
            vectors = self.golden[name].vectors
            for kind, problem, _ in self.problems(name):
                for k, sigma in enumerate(vectors["sigma"].tolist()):
                    self.at_a_sigma(problem, vectors, k, sigma, name, f"{kind}, sigma {sigma:g}")

    def at_a_sigma(self, problem, vectors, k, sigma, name, what):
        u = vectors["x"][k].double()
        alpha_bar = 1 / (1 + sigma**2)
        x_t = (u * alpha_bar**0.5).float().requires_grad_()
        level = dpsbench.NoiseLevel(alpha_bar=alpha_bar)
        eps = problem.prior(x_t, level)
        self.assert_near(eps.detach(), (u - vectors["D"][k].double()) / sigma, name, f"{what}, eps")
        cotangent, of_denoiser = vectors["cotangent"], vectors["vjp"][k]
        # D = u - sigma eps: its gradient loses digits where sigma is large, that of eps where it is small
        if sigma > 1:
            (gradient,) = torch.autograd.grad(eps, x_t, cotangent)
            expected = (cotangent.double() - of_denoiser.double()) / sigma
        else:
            (gradient,) = torch.autograd.grad(problem.denoise(x_t, level, clip=False), x_t, cotangent)
            expected = of_denoiser
        self.assert_near(gradient * alpha_bar**0.5, expected, name, f"{what}, gradient")


if __name__ == "__main__":
    unittest.main()
