"""`python -m dpsbench check`: a good part passes, and each fault has its line."""
import unittest

from door import EXAMPLES, Folder, door

METHOD = """
@dpsbench.method("{name}", options=[dpsbench.steps(20), dpsbench.option("gain", 0.5, least=0, greatest=1)])
def sampler(problem, options):
    global CALLS
    CALLS += 1
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    for i in reversed(range(problem.schedule.steps)):
        x = problem.ddim_step(i, x, problem.denoise(x, i))
        {body}
        problem.observe(i, x, x)
    return {answer}
"""
TASK = """
@dpsbench.task("{name}", title="every other row", linear=True)
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
PRIOR = """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, x, level):
        return {answer}

@dpsbench.prior("{name}", shape=(3, 8, 8), predicts="eps", conditioned_on="timestep")
def net(options, network=Net):
    return network()
"""


HEAD = "import dpsbench, torch\nCALLS = 0\n"

class Check(Folder):
    def faults(self, template, parts):
        """name -> what is wrong with it, of parts {name: fields of the template}, checked in one go."""
        text = HEAD + "".join(template.format(name=name, **fields) for name, fields in parts.items())
        code, said, errors = door("check", self.write("mine.py", text))
        self.assertEqual(errors, "")
        self.assertEqual(code, 2, said)
        faults = {name: [] for name in parts}
        for line in said.splitlines():
            if line.startswith("FAULT"):
                name = line.split(":", 1)[0].split()[-1]
                faults[name].append(line)
        return faults, said

    def assert_faults(self, template, parts, expected):
        faults, said = self.faults(template, parts)
        for name, words in expected.items():
            if words is None:
                self.assertEqual(faults[name], [], said)
            else:
                self.assertTrue(any(words in line for line in faults[name]), f"{name}: {words}\n{said}")

    def test_the_examples_are_fit(self):
        code, said, errors = door("check", EXAMPLES / "dps.py", EXAMPLES / "dps_momentum.py")
        self.assertEqual((code, errors), (0, ""), said)
        self.assertEqual(said.count("costs 8 evaluations of the prior and 8 passes back an image"), 2)
        self.assertTrue(said.endswith("all parts are fit\n"))

    def test_methods(self):
        bodies = {"good": "pass", "couples": "x = x / x.norm() * 50", "draws": "x = x + 0.1 * torch.randn_like(x)",
                  "counts": "x = x + CALLS", "infinite": "x = x / 0",
                  "raises": "if options.gain == 0: raise ValueError('no gain')", "dear": "problem.prior(x, i)",
                  "silent": "continue"}
        parts = {name: {"body": body, "answer": "x"} for name, body in bodies.items()}
        parts["short"] = {"body": "pass", "answer": "x[:1]"}
        self.assert_faults(METHOD, parts, {
            "good": None, "couples": "it couples the images of a batch", "draws": "other numbers the second time",
            "counts": "other numbers the second time", "infinite": "its samples are not finite",
            "raises": "gain may be 0 by its range, but then: method 'raises': ValueError: no gain",
            "dear": "costs 16 evaluations of the prior and 0 passes back an image, but says 8 and 0",
            "silent": "it shows no steps", "short": "returned the shape [1, 3, 16, 16]; allowed: [3, 3, 16, 16]"})

    def test_tasks(self):
        rows = "x[:, :, ::2]"
        self.assert_faults(TASK, {
            "good": {"forward": rows, "adjoint": "y"}, "twice": {"forward": rows, "adjoint": "2 * y"},
            "shifted": {"forward": rows + " + 0.1", "adjoint": "y"},
            "couples": {"forward": f"{rows} - {rows}.mean()", "adjoint": "y"},
            "flat": {"forward": "x.sum()", "adjoint": "y"}}, {
            "good": None, "twice": "its gradient (adjoint) is not that of finite differences",
            "shifted": "it says that it is linear, and is not", "couples": "it couples the images of a batch",
            "flat": "forward returned the shape [] for 3 images; allowed: [3, ...]"})

    def test_priors(self):
        answers = {"good": "x * self.weight", "negative": "-x", "couples": "x - x.mean()",
                   "draws": "x + torch.randn_like(x)", "grey": "x[:, :1]"}
        self.assert_faults(PRIOR, {name: {"answer": answer} for name, answer in answers.items()}, {
            "good": None, "negative": "does not see the noise in pure noise", "couples": "it couples the images of a batch",
            "draws": "other numbers the second time", "grey": "its network returned the shape [2, 1, 8, 8] for images [2, 3, 8, 8]"})


if __name__ == "__main__":
    unittest.main()
