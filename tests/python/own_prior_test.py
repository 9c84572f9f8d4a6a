"""The example own_prior.py: deepinv's network with photo32's weights is the built-in photo32, to rounding."""
import os
import pathlib
import sys
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
            experiment = self.experiment("name: dps-w, steps: 20", images=2, **({"prior": prior} if prior else {}))
            output = self.folder / name
            code, _, errors = door("run", experiment, "--plugin", EXAMPLES / "own_prior.py", "--output", output, "--quiet")
            self.assertEqual(code, 0, errors)
            with dpsbench.open(output) as results:
                (cell,) = results.cells
                samples[name] = results.samples(cell)
        self.assertGreater(np.abs(samples["own"]).max(), 0.3)
        self.assertLess(np.abs(samples["own"] - samples["built_in"]).max(), 1e-3)

    def trial(self, kind, options=None, preset="", file=""):
        return dpsbench._core.Trial("denoising", {}, ["a", "b"], [3, 32, 32], 0.05, kind, options or {}, preset, file)

    def test_noise_predictions(self):
        sys.path.insert(0, str(ALONE))
        dpsbench.load(EXAMPLES / "own_prior.py")
        self.compare(self.trial("diffunet"))

    def test_traced(self):
        sys.path[:0] = [str(ALONE), str(EXAMPLES.parent / "bench")]
        from rival_network import CONFIGURATIONS, PHOTO32, OtherDiffUNet

        class Told(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.network = OtherDiffUNet(CONFIGURATIONS["photo32"])
                self.network.load_state_dict(dpsbench.read_safetensors(PHOTO32), strict=False)

            def forward(self, x_t, timestep):
                return self.network(x_t, timestep, type_t="timestep")

        traced = torch.jit.trace(Told().eval(), (torch.zeros(2, 3, 32, 32), torch.zeros(2)))
        file = str(self.folder / "photo32.pt")
        torch.jit.save(traced, file)
        self.compare(self.trial("torchscript", {"height": 32, "width": 32}, "", file))

    def compare(self, trial):
        photo32 = self.trial("unet", None, "photo32", str(QUICKSTART / "photo32.safetensors"))
        own, built_in = trial.problem, photo32.problem
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
