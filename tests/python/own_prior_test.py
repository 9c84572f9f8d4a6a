"""The example own_prior.py: deepinv's network with photo32's weights is the built-in photo32, to rounding."""
import os
import pathlib
import unittest

import dpsbench
import numpy as np
import torch
from door import EXAMPLES, QUICKSTART, Folder, door

DEEPINV = os.environ.get("DPSBENCH_DEEPINV", "")
ALONE = pathlib.Path(__file__).parent / "deepinv_alone"


@unittest.skipUnless(DEEPINV and pathlib.Path(DEEPINV, "deepinv").is_dir(), "DPSBENCH_DEEPINV names no unpacked deepinv")
class OwnPrior(Folder):
    def setUp(self):
        super().setUp()
        path = os.environ["PYTHONPATH"]
        os.environ["PYTHONPATH"] = f"{ALONE}:{path}"
        self.addCleanup(os.environ.__setitem__, "PYTHONPATH", path)

    def test_samples(self):
        samples = {}
        for name, prior in (("own", "{kind: diffunet}"), ("built_in", None)):
            experiment = self.experiment("name: dps-w, steps: 20", "name: dps, steps: 20, scale: 2", images=2,
                                         **({"prior": prior} if prior else {}))
            output = self.folder / name
            code, _, errors = door("run", experiment, "--plugin", EXAMPLES / "own_prior.py", "--output", output, "--quiet")
            self.assertEqual(code, 0, errors)
            with dpsbench.open(output) as results:
                samples[name] = {told["method"]: results.samples(cell) for cell, told in results.cells.items()}
        for method, tolerance in (("dps-w", 1e-3), ("dps", 1e-3)):
            apart = np.abs(samples["own"][method] - samples["built_in"][method]).max()
            self.assertGreater(np.abs(samples["own"][method]).max(), 0.3)
            self.assertLess(apart, tolerance, method)

    def test_noise_predictions(self):
        import sys

        sys.path.insert(0, str(ALONE))
        dpsbench.load(EXAMPLES / "own_prior.py")
        photo32 = str(QUICKSTART / "photo32.safetensors")
        trial = dpsbench._core.Trial
        own = trial("denoising", {}, ["a", "b"], [3, 32, 32], 0.05, "diffunet", {}).problem
        built_in = trial("denoising", {}, ["a", "b"], [3, 32, 32], 0.05, "unet", {}, "photo32", photo32).problem
        for i in (0, 50, 300, 700, 999):
            x_t = own.noise("initial")
            there, here = own.evaluate(x_t, i), built_in.evaluate(x_t, i)
            self.assertLess(float((there.eps - here.eps).abs().max()), 1e-5)
            self.assertLess(float((there.variance_fraction - here.variance_fraction).abs().max()), 1e-4)
            leaf_a, leaf_b = x_t.clone().requires_grad_(), x_t.clone().requires_grad_()
            (of_own,) = torch.autograd.grad(own.prior(leaf_a, i).square().sum(), leaf_a)
            (of_built_in,) = torch.autograd.grad(built_in.prior(leaf_b, i).square().sum(), leaf_b)
            self.assertLess(float((of_own - of_built_in).norm() / of_built_in.norm()), 1e-5)


if __name__ == "__main__":
    unittest.main()
