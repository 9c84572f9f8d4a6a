"""What is wrong with a plugin is told: before any work where it can be, as a failed image where it is met in one."""
import json
import unittest

import dpsbench
from door import EXAMPLES, Folder, door

SAMPLER = """
@dpsbench.method("{name}", options=[dpsbench.steps(20), dpsbench.option("gain", 0.5, least=0, greatest=1, meaning="of it")])
def sampler(problem, options):
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    for i in reversed(range(problem.schedule.steps)):
        {body}
        x = problem.ddim_step(i, x, problem.denoise(x, i))
        problem.observe(i, x, x)
    return {answer}
"""
SWALLOWS = """try:
            problem.observe(i, x * float('nan'), x)
        except Exception:
            raise SystemError('swallowed')"""
KEEPS = """global kept
        if 'kept' in globals(): kept.y
        kept = problem
        raise ValueError('the first call')"""


def sampler(name="bad", body="pass", answer="x"):
    return SAMPLER.format(name=name, body=body, answer=answer)


class BadFiles(Folder):
    """Loading them is refused, and adds nothing."""

    def assert_refused(self, text, *words, name="bad.py"):
        with self.assertRaises(dpsbench.UserError) as refused:
            dpsbench.load(self.write(name, text))
        for word in words:
            self.assertIn(word, str(refused.exception))

    def test_what_does_not_load(self):
        self.assert_refused("import dpsbench\ndef broken(:\n    pass\n", "plugin bad.py: bad.py, line 2: ")
        self.assert_refused("import dpsbench\n1 / 0\n", "ZeroDivisionError", "bad.py, line 2, in <module>: 1 / 0")
        self.assert_refused("x = 1\n", "it defines nothing")
        with self.assertRaisesRegex(dpsbench.UserError, "absent.py: there is no such file"):
            dpsbench.load(self.folder / "absent.py")

    def test_names(self):
        self.assert_refused("import dpsbench\n" + sampler("dps"), "method 'dps' is there already")
        dpsbench.load(self.write("first.py", "import dpsbench\n" + sampler("twice")))
        self.assert_refused("import dpsbench\n" + sampler("twice"), "method 'twice' is there already")
        self.assert_refused("import dpsbench\n" + sampler("a name"), "method 'a name': a name has letters, digits")

    def test_options(self):
        beyond = "import dpsbench\n" + sampler("beyond").replace('"gain", 0.5', '"gain", 2.5')
        self.assert_refused(beyond, "gain: 2.5 is out of range; allowed: 0 to 1")
        two = "import dpsbench\n" + sampler("two").replace('"gain"', '"steps"')
        self.assert_refused(two, "two options are called 'steps'")

    def test_words(self):
        self.assert_refused("import dpsbench\n" + sampler("needy").replace("options=", "needs=['gpu'], options="),
                            "needs: 'gpu' is unknown; allowed: gradient, linear, svd")
        self.assert_refused("import dpsbench\n@dpsbench.prior('p', shape=(3, 8, 8), predicts='noise', "
                            "conditioned_on='sigma')\ndef p(options):\n    pass\n",
                            "predicts: 'noise' is unknown; allowed: eps, x0, v, velocity, edm")


class BadSamplers(Folder):
    """They fail images, and nothing else."""

    def test_each_in_a_run(self):
        bad = {
            "wrong-shape": sampler("wrong-shape", answer="x[:, :, :4]"),
            "no-tensor": sampler("no-tensor", answer="None"),
            "exception": sampler("exception", "if i == 3: raise ValueError('step 17 is no good')"),
            "not-finite": sampler("not-finite", answer="x * float('nan')"),
            "swallows": sampler("swallows", SWALLOWS),
            "keeps": sampler("keeps", KEEPS),
            "halves": sampler("halves", "if i == 3 and len(x) > 1: raise ValueError('one at a time')"),
        }
        plugin = self.write("bad.py", "import dpsbench\n" + "".join(bad.values()))
        output = self.folder / "out"
        experiment = self.experiment(*(f"name: {name}" for name in bad), "name: dps, steps: 2", images=2)
        code, _, errors = door("run", experiment, "--plugin", plugin, "--output", output, "--quiet", ranks=2)
        self.assertEqual(code, 3, errors)
        reasons = self.reasons(output)
        expected = {
            "wrong-shape": "method 'wrong-shape' returned the shape [1, 3, 4, 32]; allowed: [1, 3, 32, 32]",
            "no-tensor": "method 'no-tensor' returned NoneType, not a tensor",
            "exception": "method 'exception': ValueError: step 17 is no good (bad.py, line 28, in sampler: if i == 3: raise",
            "not-finite": "the sampler left the finite numbers at step 20 of 20",
            "swallows": "the sampler left the finite numbers at step ",
            "keeps": "this batch is over",
        }
        self.assertEqual(set(reasons), set(expected))
        for name, words in expected.items():
            self.assertEqual(len(reasons[name]), 2, name)
            for reason in reasons[name]:
                self.assertIn(words, reason)
        self.assertEqual(len(list((output / "units").glob("*.h5"))), 2)  # halves and dps
        code, said, errors = door("status", output, "--plugin", plugin)
        self.assertIn("step 17 is no good", said + errors)

    def reasons(self, output):
        """Method -> why each of its images failed."""
        reasons = {}
        for file in (output / "failures").glob("*.json"):
            note = json.loads(file.read_text())
            method = note["cell_id"].split("-s0.05-", 1)[1]
            reasons.setdefault(method, []).extend(image["reason"] for image in note["images"])
        return reasons

    def test_endless_loop(self):
        plugin = self.write("bad.py", "import dpsbench\n" + sampler(body="while True: pass"))
        code, _, errors = door("run", self.experiment("name: bad", images=1), "--plugin", plugin, "--output",
                               self.folder / "out", "--quiet", "--step-timeout", "3", timeout=200)
        self.assertEqual(code, 1, errors)
        self.assertIn("no step", errors)


class CommandLine(Folder):
    def test_options_are_judged_as_those_of_built_in_methods(self):
        for method, words in (("name: my-dps, scale: -1", ("scale", "-1", "out of range")),
                              ("name: my-dps, scael: 2", ("scael", "did you mean 'scale'?")),
                              ("name: my-dsp", ("unknown method 'my-dsp' (did you mean 'my-dps'?)",))):
            code, _, errors = door("plan", self.experiment(method), "--plugin", EXAMPLES / "dps.py")
            self.assertEqual(code, 2, errors)
            for word in words:
                self.assertIn(word, errors)

    def test_plan_and_methods_know_the_plugin(self):
        code, said, errors = door("methods", "my-dps", "--plugin", EXAMPLES / "dps.py")
        self.assertEqual(code, 0, errors)
        self.assertIn("factor on the gradient", said)
        self.assertIn("plugin sha256=", said)
        experiment = self.experiment("name: my-dps, steps: 100")
        code, said, errors = door("plan", experiment, "--plugin", EXAMPLES / "dps.py", "--set", "methods.0.steps=7")
        self.assertEqual(code, 0, errors)
        self.assertIn("network evaluations: 28, backward passes: 28", said)


if __name__ == "__main__":
    unittest.main()
