#include "python/binding/operator_view.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "python/binding/bind.h"
#include "python/binding/differentiable.h"

namespace dpsbench {
namespace {

/// `there` of x, whose pass back is `back`.
template <typename There, typename Back>
Tensor applied(const std::string& what, const Tensor& x, const There& there, const Back& back) {
  Tensor value;
  {
    const at::NoGradGuard no_grad;
    value = there(x.detach());
  }
  return differentiable(what, x, value, back);
}

}  // namespace

const Spectral& SpectralView::spectral() const {
  const Spectral* found = batch_->problem().op.spectral();
  if (found == nullptr) throw Error("this operator has no singular value decomposition");
  return *found;
}

Tensor SpectralView::v_transpose(const Tensor& x) const {
  return applied(
      "svd.v_transpose", x, [&](const Tensor& at) { return spectral().v_transpose(at); },
      [*this](const Tensor& c) { return spectral().v(c); });
}

Tensor SpectralView::v(const Tensor& z) const {
  return applied(
      "svd.v", z, [&](const Tensor& at) { return spectral().v(at); },
      [*this](const Tensor& c) { return spectral().v_transpose(c); });
}

Tensor SpectralView::u_transpose(const Tensor& y) const {
  return applied(
      "svd.u_transpose", y, [&](const Tensor& at) { return spectral().u_transpose(at); },
      [*this](const Tensor& c) { return spectral().u(c); });
}

Tensor SpectralView::u(const Tensor& z) const {
  return applied(
      "svd.u", z, [&](const Tensor& at) { return spectral().u(at); },
      [*this](const Tensor& c) { return spectral().u_transpose(c); });
}

Tensor SpectralView::singular_values() const { return spectral().singular_values(); }

Tensor OperatorView::forward(const Tensor& x) const {
  return applied(
      "operator", x, [&](const Tensor& at) { return op().forward(at); },
      [*this, at = x.detach()](const Tensor& c) { return op().vjp(at, c); });
}

Tensor OperatorView::adjoint(const Tensor& v) const {
  if (!op().is_linear()) throw UserError("operator.adjoint: this task is not linear; operator.vjp(x, v) is there");
  return applied(
      "operator.adjoint", v, [&](const Tensor& at) { return dpsbench::adjoint(op(), at); },
      [*this](const Tensor& c) { return op().forward(c); });
}

Tensor OperatorView::vjp(const Tensor& x, const Tensor& v) const {
  const at::NoGradGuard no_grad;
  return op().vjp(x.detach(), v.detach());
}

Tensor OperatorView::pseudo_inverse(const Tensor& y) const {
  const at::NoGradGuard no_grad;
  return op().pseudo_inverse(y.detach());
}

Tensor OperatorView::trivial_estimate(const Tensor& y) const {
  const at::NoGradGuard no_grad;
  return op().trivial_estimate(y.detach());
}

Tensor OperatorView::solve_gram(const Tensor& r, double c) const {
  const at::NoGradGuard no_grad;
  return op().solve_gram(r.detach(), c);
}

std::optional<SpectralView> OperatorView::svd() const {
  return op().spectral() == nullptr ? std::nullopt : std::optional(SpectralView(batch_));
}

void bind_operator(py::module_& core) {
  py::class_<SpectralView>(core, "Spectral", "A = U S V^T, applied (core/spectral.h says the shapes).")
      .def("v_transpose", &SpectralView::v_transpose, py::arg("x"), Unlocked())
      .def("v", &SpectralView::v, py::arg("z"), Unlocked())
      .def("u_transpose", &SpectralView::u_transpose, py::arg("y"), Unlocked())
      .def("u", &SpectralView::u, py::arg("z"), Unlocked())
      .def_property_readonly("singular_values", &SpectralView::singular_values);

  py::class_<OperatorView>(core, "Operator", "The measurement operator A of a batch.")
      .def("__call__", &OperatorView::forward, py::arg("x"), Unlocked(), "A x, differentiable")
      .def("forward", &OperatorView::forward, py::arg("x"), Unlocked(), "A x, differentiable")
      .def("adjoint", &OperatorView::adjoint, py::arg("v"), Unlocked(), "A^T v of a linear A, differentiable")
      .def("vjp", &OperatorView::vjp, py::arg("x"), py::arg("v"), Unlocked(), "(dA / dx)^T v at x, no gradient")
      .def("pseudo_inverse", &OperatorView::pseudo_inverse, py::arg("y"), Unlocked(),
           "A^+ y, or the usual first guess; no gradient")
      .def("trivial_estimate", &OperatorView::trivial_estimate, py::arg("y"), Unlocked(),
           "what a person without any prior would answer; no gradient")
      .def("solve_gram", &OperatorView::solve_gram, py::arg("r"), py::arg("c"), Unlocked(),
           "(A A^T + c I)^-1 r of a linear A; no gradient")
      .def_property_readonly("is_linear", &OperatorView::is_linear)
      .def_property_readonly("measured", &OperatorView::measured, "1 where y is measured; None: everywhere")
      .def_property_readonly("svd", &OperatorView::svd, "None where none is cheap");
}

}  // namespace dpsbench
