#pragma once
#include <functional>
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// (d value / d x)^T c for one cotangent c.
using PullBack = std::function<Tensor(const Tensor&)>;

/// What was computed of x without autograd, as a function of x for autograd: backward passes and torch.autograd.grad
/// call `pull_back`, as often as they like, or once. Where gradients are off, or x has none, it is `value` itself.
/// Second derivatives are refused. `what` begins the messages: "prior".
Tensor differentiable(const std::string& what, const Tensor& x, const Tensor& value, PullBack pull_back,
                      bool only_once = false);

/// Whether a gradient with respect to x may be asked for.
bool wants_gradient(const Tensor& x);

}  // namespace dpsbench
