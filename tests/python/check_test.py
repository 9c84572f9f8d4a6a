"""`python -m dpsbench check`: a good part passes, and each fault has its line."""
import unittest

from door import EXAMPLES, Folder, door

METHOD = """import dpsbench, torch, random
CALLS = 0

@dpsbench.method("mine", options=[dpsbench.steps(20), dpsbench.option("gain", 0.5, least=0, greatest=1)])
def mine(problem, options):
    global CALLS
    CALLS += 1
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    for i in reversed(range(problem.schedule.steps)):
        x = problem.ddim_step(i, x, problem.denoise(x, i))
        {body}
        problem.observe(i, x, x)
    return x
"""
TASK = """import dpsbench, torch

@dpsbench.task("rows", title="every other row", linear=True)
class Rows:
    def __init__(self, options, shape, noise):
        self.shape = shape

    def forward(self, x):
        return {forward}

    def adjoint(self, y):
        x = y.new_zeros(len(y), *self.shape[1:])
        x[:, :, ::2] = {adjoint}
        return x
"""
PRIOR = """import dpsbench, torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter({weight})

    def forward(self, x, level):
        return {answer}

@dpsbench.prior("net", shape=(3, 8, 8), predicts="{predicts}", conditioned_on="timestep")
def net(options):
    return Net()
"""


class Check(Folder):
    def verdict(self, text):
        code, said, errors = door("check", self.write("mine.py", text))
        self.assertEqual(errors, "")
        return code, said

    def assert_fault(self, text, *words):
        code, said = self.verdict(text)
        self.assertEqual(code, 2, said)
        faults = [line for line in said.splitlines() if line.startswith("FAULT")]
        for word in words:
            self.assertTrue(any(word in line for line in faults), said)
        return faults

    def test_the_examples_are_fit(self):
        for example in ("dps.py", "dps_momentum.py"):
            code, said, errors = door("check", EXAMPLES / example)
            self.assertEqual((code, errors), (0, ""), said)
            self.assertIn("costs 8 evaluations of the prior and 8 passes back an image", said)
            self.assertTrue(said.endswith("all parts are fit\n"))

    def test_a_good_method(self):
        code, said = self.verdict(METHOD.format(body="pass"))
        self.assertEqual(code, 0, said)
        self.assertIn("gain may be 0\n", said)

    def test_coupled_images(self):
        self.assert_fault(METHOD.format(body="x = x / x.norm() * 50"), "it couples the images of a batch")

    def test_not_deterministic(self):
        self.assert_fault(METHOD.format(body="x = x + 0.1 * torch.randn_like(x)"), "other numbers the second time")
        self.assert_fault(METHOD.format(body="x = x + CALLS"), "other numbers the second time")

    def test_not_finite(self):
        self.assert_fault(METHOD.format(body="x = x / 0"), "its samples are not finite")

    def test_wrong_shape_and_exceptions(self):
        self.assert_fault(METHOD.format(body="pass").replace("return x", "return x[:1]"),
                          "returned the shape [1, 3, 16, 16]; allowed: [3, 3, 16, 16]")
        self.assert_fault(METHOD.format(body="if options.gain == 0: raise ValueError('no gain')"),
                          "gain may be 0 by its range, but then: ")

    def test_cost_and_steps(self):
        self.assert_fault(METHOD.format(body="problem.prior(x, i)"), "but says 8 and 0")
        self.assert_fault(METHOD.format(body="continue"), "it shows no steps")

    def test_tasks(self):
        code, said = self.verdict(TASK.format(forward="x[:, :, ::2]", adjoint="y"))
        self.assertEqual(code, 0, said)
        self.assert_fault(TASK.format(forward="x[:, :, ::2]", adjoint="2 * y"), "its gradient (adjoint) is not")
        self.assert_fault(TASK.format(forward="x[:, :, ::2] + 0.1", adjoint="y"), "says that it is linear, and is not")
        self.assert_fault(TASK.format(forward="x[:, :, ::2] - x[:, :, ::2].mean()", adjoint="y"), "couples the images")

    def test_priors(self):
        good = {"weight": "torch.ones(1)", "answer": "x * self.weight", "predicts": "eps"}
        code, said = self.verdict(PRIOR.format(**good))
        self.assertEqual(code, 0, said)
        self.assert_fault(PRIOR.format(**good | {"answer": "-x"}), "does not see the noise")
        self.assert_fault(PRIOR.format(**good | {"answer": "x - x.mean()"}), "couples the images")
        self.assert_fault(PRIOR.format(**good | {"answer": "x + torch.randn_like(x)"}), "other numbers the second time")
        self.assert_fault(PRIOR.format(**good | {"answer": "x[:, :1]"}), "the network returned the shape (2, 1, 8, 8)")


if __name__ == "__main__":
    unittest.main()
