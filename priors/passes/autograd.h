#pragma once
#include <functional>
#include <utility>

#include "core/prior.h"

namespace dpsbench {

/// An Evaluation by automatic differentiation of `predict`: x_t -> {eps, variance_fraction or undefined}. `in_tf32`: a
/// GPU may round the factors of its products to ten bits, on the way back too; else it must not.
Evaluation evaluate_by_autograd(const Tensor& x_t, Gradient gradient,
                                const std::function<std::pair<Tensor, Tensor>(const Tensor&)>& predict,
                                bool in_tf32 = false);

}  // namespace dpsbench
