#pragma once
#include <deque>
#include <functional>
#include <utility>

#include "core/tensor.h"
#include "methods/parts/adam.h"

namespace dpsbench {

/// How an image's loss is descended, and when it rests: as ReSample's authors do it, each image by its own loss.
struct Descent {
  std::int64_t most = 500;    ///< steps
  double rate = 5e-3;         ///< AdamW's (Loshchilov & Hutter 2019)
  double enough = 0;          ///< an image rests once its loss is below
  std::int64_t patience = 0;  ///< and once it is above that of so many steps before; 0: never so
};

/// A loss of each image, [B], and its gradient, [B, ...].
using LossAndGradient = std::function<std::pair<Tensor, Tensor>(const Tensor& x)>;

/// x after the descent. An image that rests keeps the step at which its loss was found to be small enough.
inline Tensor descend(Tensor x, const LossAndGradient& loss_at, const Descent& how) {
  constexpr double decay = 0.01;  // AdamW's, of PyTorch
  Adam adam(how.rate);
  Tensor open = at::ones({x.size(0)}, x.options().dtype(at::kBool));
  std::deque<Tensor> before;
  for (std::int64_t k = 0; k < how.most && open.any().item<bool>(); ++k) {
    const auto [loss, gradient] = loss_at(x);
    const Tensor stepped = adam.step(x * (1 - how.rate * decay), gradient);
    x = at::where(per_image(open, x), stepped, x);
    open = open.logical_and(loss >= how.enough);
    if (how.patience == 0) continue;
    before.push_back(loss);
    if (k < how.patience) continue;
    open = open.logical_and(before.front() >= loss);
    before.pop_front();
  }
  return x;
}

}  // namespace dpsbench
