#pragma once
#include <vector>

#include "core/prior.h"

namespace dpsbench {

/// A prior that notes the times it is told.
class Told final : public Prior {
 public:
  explicit Told(const Prior& inner) : inner_(inner) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
    times.push_back(level.time);
    sigmas.push_back(level.sigma());
    return inner_.evaluate(x, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return inner_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return inner_.options(); }
  mutable std::vector<double> times;
  mutable std::vector<double> sigmas;

 private:
  const Prior& inner_;
};

}  // namespace dpsbench
