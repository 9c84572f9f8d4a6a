"""What a method is given follows autograd's rules: gradients are those of finite differences, once, and no further."""
import threading
import unittest

import dpsbench
import torch
from dpsbench import _core


def made_up(task="inpainting", options=None, prior=""):
    batch = _core.Trial(task, options or {}, ["a", "b"], [3, 8, 8], 0.05, prior, {})
    return batch, batch.problem


def differences(function, x, direction, step):
    return (function(x + step * direction) - function(x - step * direction)) / (2 * step)


class Autograd(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)

    def assert_gradient(self, function, x, tolerance):
        direction = torch.randn_like(x)
        leaf = x.clone().requires_grad_()
        value = function(leaf)
        cotangent = torch.randn_like(value)
        (gradient,) = torch.autograd.grad(value, leaf, cotangent)
        with torch.no_grad():
            change = differences(function, x, direction, 1e-2)
        by_differences = float((change * cotangent).sum())
        by_autograd = float((gradient * direction).sum())
        scale = float(change.norm() * cotangent.norm())
        self.assertGreater(abs(by_autograd), 1e-3 * scale)
        self.assertLess(abs(by_differences - by_autograd), tolerance * scale)

    def test_of_the_prior_and_of_tweedies_estimate(self):
        _, problem = made_up()
        x_t = problem.noise("initial")
        self.assert_gradient(lambda x: problem.prior(x, 300), x_t, 1e-3)
        self.assert_gradient(lambda x: problem.denoise(x, 300), x_t, 1e-3)
        self.assert_gradient(lambda x: problem.evaluate(x, 300).x0 + problem.evaluate(x, 300).eps ** 2, x_t, 1e-3)

    def test_of_operators(self):
        for task, options in (("inpainting", {}), ("super_resolution", {"scale": 2}), ("gaussian_blur", {"sigma": 0.5}),
                              ("high_dynamic_range", {})):
            batch, problem = made_up(task, options)
            self.assert_gradient(problem.operator, batch.original * 0.2, 2e-3)
            if problem.operator.is_linear:
                self.assert_gradient(problem.operator.adjoint, problem.y, 1e-3)

    def test_of_a_singular_value_decomposition(self):
        batch, problem = made_up("super_resolution", {"scale": 2})
        svd = problem.operator.svd
        self.assertIsNotNone(svd)
        self.assert_gradient(svd.v_transpose, batch.original, 1e-3)
        self.assert_gradient(svd.u_transpose, problem.y, 1e-3)
        by_svd = svd.u(svd.singular_values * svd.v_transpose(batch.original))
        self.assertLess(float((by_svd - problem.operator(batch.original)).abs().max()), 1e-5)

    def test_x0_and_eps_share_one_pass_back(self):
        batch, problem = made_up()
        x_t = problem.noise("initial").requires_grad_()
        at = problem.evaluate(x_t, 300)
        loss = (at.x0 ** 2).sum() + at.eps.sum()
        loss.backward()
        self.assertEqual((batch.evaluations, batch.passes_back), (2, 2))
        self.assertGreater(float(x_t.grad.norm()), 0)

    def test_a_second_pass_back_and_second_derivatives_are_refused(self):
        _, problem = made_up()
        x_t = problem.noise("initial").requires_grad_()
        eps = problem.prior(x_t, 300)
        torch.autograd.grad(eps.sum(), x_t, retain_graph=True)
        with self.assertRaisesRegex(RuntimeError, "was taken already"):
            torch.autograd.grad(eps.sum(), x_t)
        with self.assertRaisesRegex(RuntimeError, "second derivatives"):
            torch.autograd.grad(problem.prior(x_t, 300).sum(), x_t, create_graph=True)

    def test_what_is_kept_of_a_batch_that_is_over_is_told(self):
        batch, problem = made_up()
        operator, noise = problem.operator, problem.noise
        x_t = noise("initial").requires_grad_()
        eps = problem.prior(x_t, 300)
        del batch
        for ask in (lambda: problem.y, lambda: operator(x_t), lambda: noise("step", 3), lambda: problem.prior(x_t, 300)):
            with self.assertRaisesRegex(dpsbench.UserError, "batch is over"):
                ask()
        with self.assertRaisesRegex(RuntimeError, "batch is over"):
            torch.autograd.grad(eps.sum(), x_t)

    def test_without_gradients_nothing_is_kept(self):
        batch, problem = made_up()
        self.assertIsNone(problem.prior(problem.noise("initial"), 300).grad_fn)
        with torch.no_grad():
            self.assertIsNone(problem.prior(problem.noise("initial").requires_grad_(), 300).grad_fn)
        self.assertEqual(batch.passes_back, 0)

    def test_an_identity_leaves_its_argument_alone(self):
        batch, problem = made_up("denoising")
        x = batch.original.clone().requires_grad_()
        y = problem.operator(x)
        self.assertTrue(x.is_leaf)
        self.assertFalse(y.is_leaf)

    def test_other_threads_run_while_the_core_works(self):
        batch, _ = made_up()
        ticks, over = [], threading.Event()
        thread = threading.Thread(target=lambda: [ticks.append(over.wait(0.001)) for _ in iter(over.is_set, True)])
        before = len(ticks)
        thread.start()
        batch.sample("dps", {"steps": 1000})
        during = len(ticks) - before
        over.set()
        thread.join()
        self.assertGreater(during, 5)

    def test_what_does_not_fit_is_told(self):
        _, problem = made_up()
        x_t = problem.noise("initial")
        with self.assertRaisesRegex(dpsbench.UserError, r"shape \[2, 3, 8, 4\]; allowed: \[B, 3, 8, 8\]"):
            problem.prior(x_t[..., :4], 300)
        with self.assertRaisesRegex(dpsbench.UserError, "double on cpu; the prior takes float on cpu"):
            problem.prior(x_t.double(), 300)
        with self.assertRaisesRegex(dpsbench.UserError, "allowed: 0 to 999"):
            problem.prior(x_t, 1000)
        with self.assertRaisesRegex(dpsbench.UserError, "purpose 'steps' is unknown"):
            problem.noise("steps")


if __name__ == "__main__":
    unittest.main()
