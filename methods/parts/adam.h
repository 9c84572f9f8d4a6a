#pragma once
#include <cmath>

#include "core/tensor.h"

namespace dpsbench {

/// Adam (Kingma & Ba 2015, Algorithm 1) on one tensor with PyTorch's settings. Element by element, so that the images
/// of a batch do not meet.
class Adam {
 public:
  explicit Adam(double learning_rate, double beta_2 = 0.999) : learning_rate_(learning_rate), beta_2_(beta_2) {}

  /// x after one step against the gradient.
  Tensor step(const Tensor& x, const Tensor& gradient) {
    first_ = first_.defined() ? first_ * beta_1 + gradient * (1 - beta_1) : gradient * (1 - beta_1);
    second_ =
        second_.defined() ? second_ * beta_2_ + gradient.square() * (1 - beta_2_) : gradient.square() * (1 - beta_2_);
    ++steps_;
    const Tensor mean = first_ / (1 - std::pow(beta_1, steps_));
    const Tensor square = second_ / (1 - std::pow(beta_2_, steps_));
    return x - mean / (square.sqrt() + tiny) * learning_rate_;
  }

 private:
  static constexpr double beta_1 = 0.9;
  static constexpr double tiny = 1e-8;
  double learning_rate_;
  double beta_2_;
  int steps_ = 0;
  Tensor first_;
  Tensor second_;
};

}  // namespace dpsbench
