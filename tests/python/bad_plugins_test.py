"""What is wrong with a plugin is told: before any work where it can be, as a failed image where it is met in one."""
import unittest

from door import EXAMPLES, Folder, door

SAMPLER = """import dpsbench, torch

@dpsbench.method("bad", options=[dpsbench.steps(20), dpsbench.option("gain", 0.5, least=0, greatest=1, meaning="of it")])
def bad(problem, options):
    problem = problem.respaced(options.steps)
    x = problem.noise("initial")
    for i in reversed(range(problem.schedule.steps)):
        {body}
        x = problem.ddim_step(i, x, problem.denoise(x, i))
        problem.observe(i, x, x)
    return {answer}
"""


class BadPlugins(Folder):
    def sampler(self, body="pass", answer="x"):
        return self.write("bad.py", SAMPLER.format(body=body, answer=answer))

    def run_it(self, plugin, *words, method="name: bad", images=1, **more):
        return door("run", self.experiment(method, images=images), "--plugin", plugin, "--output", self.folder / "out",
                    "--quiet", *words, **more)

    def reasons(self):
        notes = [file.read_text(errors="ignore") for file in (self.folder / "out/failures").glob("*.json")]
        return "\n".join(notes)

    def assert_refused(self, ended, *words):
        code, _, errors = ended
        self.assertEqual(code, 2, errors)
        for word in words:
            self.assertIn(word, errors)
        self.assertFalse((self.folder / "out").exists())

    def test_syntax_error(self):
        plugin = self.write("bad.py", "import dpsbench\ndef broken(:\n    pass\n")
        self.assert_refused(self.run_it(plugin), "bad.py", "line 2")

    def test_absent_and_empty(self):
        self.assert_refused(self.run_it(self.folder / "absent.py"), "absent.py: there is no such file")
        self.assert_refused(self.run_it(self.write("empty.py", "x = 1\n")), "empty.py: it defines nothing")

    def test_exception_on_loading(self):
        self.assert_refused(self.run_it(self.write("bad.py", "import dpsbench\n1 / 0\n")), "ZeroDivisionError",
                            "bad.py, line 2")

    def test_two_parts_of_one_name(self):
        self.assert_refused(self.run_it(self.write("bad.py", self.sampler().read_text().replace('"bad"', '"dps"'))),
                            "bad.py: method 'dps' is there already")
        self.sampler()
        copy = self.write("copy.py", (self.folder / "bad.py").read_text())
        self.assert_refused(self.run_it(self.folder / "bad.py", "--plugin", copy), "copy.py: method 'bad' is there already")

    def test_option_out_of_range(self):
        self.assert_refused(self.run_it(self.sampler(), method="name: bad, gain: 1.5"), "gain", "1.5", "0 to 1")
        self.assert_refused(self.run_it(self.sampler(), method="name: bad, gian: 0.5"), "gian", "did you mean 'gain'?")
        beyond = self.sampler().read_text().replace('"gain", 0.5', '"gain", 2.5')
        self.assert_refused(self.run_it(self.write("bad.py", beyond)), "gain: 2.5 is out of range; allowed: 0 to 1")

    def test_without_its_plugin_a_method_is_unknown(self):
        self.assert_refused(door("run", self.experiment("name: bad"), "--output", self.folder / "out"),
                            "unknown method 'bad'")

    def test_wrong_shape(self):
        code, _, errors = self.run_it(self.sampler(answer="x[:, :, :4]"))
        self.assertEqual(code, 3, errors)
        self.assertIn("method 'bad' returned the shape [1, 3, 4, 32]; allowed: [1, 3, 32, 32]", self.reasons())

    def test_no_tensor(self):
        code, _, errors = self.run_it(self.sampler(answer="None"))
        self.assertEqual(code, 3, errors)
        self.assertIn("method 'bad' returned NoneType, not a tensor", self.reasons())

    def test_exception_at_step_17(self):
        code, _, errors = self.run_it(self.sampler("if i == 3: raise ValueError('step 17 is no good')"), ranks=2, images=3)
        self.assertEqual(code, 3, errors)
        self.assertIn("ValueError: step 17 is no good", self.reasons())
        self.assertIn("bad.py, line 8, in bad", self.reasons())
        self.assertEqual(len(list((self.folder / "out/units").glob("*.h5"))), 0)
        code, said, errors = door("status", self.folder / "out", "--plugin", self.folder / "bad.py")
        self.assertIn("step 17 is no good", said + errors)

    def test_a_batch_that_fails_is_done_in_halves(self):
        code, _, errors = self.run_it(self.sampler("if i == 3 and len(x) > 1: raise ValueError('one at a time')"), images=2)
        self.assertEqual(code, 0, errors)

    def test_numbers_that_are_not_finite(self):
        code, _, errors = self.run_it(self.sampler(answer="x * float('nan')"))
        self.assertEqual(code, 3, errors)
        self.assertIn("left the finite numbers", self.reasons())

    def test_a_stop_is_not_swallowed(self):
        plugin = self.sampler("try:\n            problem.observe(i, x * float('nan'), x)\n"
                              "        except Exception:\n            raise SystemError('swallowed')")
        code, _, errors = self.run_it(plugin)
        self.assertEqual(code, 3, errors)
        self.assertIn("left the finite numbers at step", self.reasons())
        self.assertNotIn("swallowed", self.reasons())

    def test_endless_loop(self):
        code, _, errors = self.run_it(self.sampler("while True: pass"), "--step-timeout", "2", timeout=60)
        self.assertEqual(code, 1, errors)
        self.assertIn("step", errors)

    def test_a_kept_problem_is_over(self):
        plugin = self.write("bad.py", self.sampler().read_text().replace(
            "    problem = problem.respaced", "    global kept\n    first = 'kept' in globals()\n    if first: kept.y\n"
            "    kept = problem\n    problem = problem.respaced", 1))
        code, _, errors = self.run_it(plugin, images=4)
        self.assertEqual(code, 3, errors)
        self.assertIn("this batch is over", self.reasons())

    def test_report_plan_and_methods_know_the_plugin(self):
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
