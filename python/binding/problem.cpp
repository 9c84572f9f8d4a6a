// dpsbench.Problem: what a method in Python works with (problem_view.h).
#include "python/binding/bind.h"
#include "python/binding/problem_view.h"

namespace dpsbench {
namespace {

std::vector<std::int64_t> shape_of(const ProblemView& view) {
  return view.problem().shape().batch(view.noise()->images());
}

using MaybeTensor = std::optional<Tensor>;

Tensor or_undefined(const MaybeTensor& tensor) { return tensor.value_or(Tensor()); }

}  // namespace

void bind_problem(py::module_& core) {
  py::class_<Denoised>(core, "Denoised", "One evaluation of the prior at x_t.")
      .def_readonly("x0", &Denoised::x0, "Tweedie's estimate E[x_0 | x_t], differentiable: [B, C, H, W]")
      .def_readonly("eps", &Denoised::eps, "the noise prediction, differentiable: [B, C, H, W]")
      .def_readonly("variance_fraction", &Denoised::variance_fraction,
                    "of a learned variance; None where the network has none; no gradient");

  py::class_<ProblemView>(core, "Problem", "One batch of y = A x_0 + sigma_y n under a diffusion prior.")
      .def("respaced", &ProblemView::respaced, py::arg("steps"),
           "the same problem with a schedule of that many steps; indices are its own")
      .def("evaluate", &ProblemView::evaluate, py::arg("x_t"), py::arg("i"), py::arg("clip") = py::none(), Unlocked(),
           "eps, x0 and variance_fraction of one evaluation; i is a step of the schedule or a NoiseLevel")
      .def(
          "prior",
          [](const ProblemView& view, const Tensor& x_t, const LevelOrIndex& i) {
            return view.evaluate(x_t, i, false).eps;
          },
          py::arg("x_t"), py::arg("i"), Unlocked(), "the noise prediction eps at x_t, differentiable")
      .def(
          "denoise",
          [](const ProblemView& view, const Tensor& x_t, const LevelOrIndex& i, std::optional<bool> clip) {
            return view.evaluate(x_t, i, clip).x0;
          },
          py::arg("x_t"), py::arg("i"), py::arg("clip") = py::none(), Unlocked(),
          "Tweedie's estimate E[x_0 | x_t], differentiable")
      .def(
          "ancestral_step",
          [](const ProblemView& view, std::int64_t i, const Tensor& x_t, const Tensor& x0,
             const MaybeTensor& fraction) { return view.ancestral_step(i, x_t, x0, or_undefined(fraction)); },
          py::arg("i"), py::arg("x_t"), py::arg("x0"), py::arg("variance_fraction") = py::none(), Unlocked(),
          "DDPM's step from x_t to x_{t-1}, with its noise")
      .def("ddim_step", &ProblemView::ddim_step, py::arg("i"), py::arg("x_t"), py::arg("x0"), py::arg("eta") = 0.0,
           Unlocked(), "DDIM's step from x_t to x_{t-1}")
      .def(
          "observe",
          [](const ProblemView& view, std::int64_t i, const Tensor& x, const Tensor& x0, const MaybeTensor& step_size,
             const MaybeTensor& prior_share) {
            view.observe(i, x, x0, or_undefined(step_size), or_undefined(prior_share));
          },
          py::arg("i"), py::arg("x"), py::arg("x0"), py::arg("step_size") = py::none(),
          py::arg("prior_share") = py::none(), Unlocked(),
          "shows step i of the schedule to whoever watches; to be called once a step")
      .def(
          "progress",
          [](const ProblemView& view, std::int64_t done, std::int64_t total, const Tensor& x, const Tensor& x0,
             const MaybeTensor& step_size, const MaybeTensor& prior_share) {
            view.progress(done, total, x, x0, or_undefined(step_size), or_undefined(prior_share));
          },
          py::arg("done"), py::arg("total"), py::arg("x"), py::arg("x0"), py::arg("step_size") = py::none(),
          py::arg("prior_share") = py::none(), Unlocked(), "the same for a loop that counts its steps from 1 to total")
      .def_property_readonly(
          "y", [](const ProblemView& view) { return view.problem().y; }, "the measurement [B, ...]")
      .def_property_readonly("sigma_y", [](const ProblemView& view) { return view.problem().sigma_y; })
      .def_property_readonly("schedule", &ProblemView::schedule)
      .def_property_readonly("noise", &ProblemView::noise)
      .def_property_readonly("operator", &ProblemView::op)
      .def_property_readonly("shape", &shape_of, "[B, C, H, W]")
      .def_property_readonly("clips", [](const ProblemView& view) { return view.problem().prior.clips_denoised(); })
      .def_property_readonly("smallest_sigma",
                             [](const ProblemView& view) { return view.problem().prior.smallest_sigma(); })
      .def_property_readonly("device", [](const ProblemView& view) { return view.problem().options().device(); })
      .def_property_readonly(
          "dtype", [](const ProblemView& view) { return c10::typeMetaToScalarType(view.problem().options().dtype()); });
}

}  // namespace dpsbench
