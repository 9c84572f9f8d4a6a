#include "priors/passes/autograd.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "priors/passes/tf32_scope.h"

namespace dpsbench {

Evaluation evaluate_by_autograd(const Tensor& x_t, Gradient gradient,
                                const std::function<std::pair<Tensor, Tensor>(const Tensor&)>& predict, bool in_tf32) {
  const Tf32Scope products(in_tf32, x_t.device());
  if (gradient == Gradient::none) {
    const at::NoGradGuard no_grad;
    auto [eps, variance_fraction] = predict(x_t);
    return {eps, variance_fraction, {}};
  }
  const at::AutoGradMode with_grad(true);
  const Tensor leaf = x_t.detach().requires_grad_(true);
  auto [eps, variance_fraction] = predict(leaf);
  Evaluation evaluation{eps.detach(), variance_fraction.defined() ? variance_fraction.detach() : variance_fraction, {}};
  evaluation.pull_back = [leaf, eps = eps, in_tf32](const std::vector<Tensor>& cotangents) {
    const Tf32Scope products_back(in_tf32, leaf.device());
    std::vector<Tensor> gradients;
    for (std::size_t k = 0; k < cotangents.size(); ++k) {
      const bool keep_graph = k + 1 < cotangents.size();
      gradients.push_back(torch::autograd::grad({eps}, {leaf}, {cotangents[k]}, keep_graph)[0]);
    }
    return gradients;
  };
  return evaluation;
}

}  // namespace dpsbench
