#pragma once
#include "core/prior.h"

namespace dpsbench {

/// A prior that counts how often it is asked, image by image: the cost of a sampler as it really was.
class CountingPrior final : public Prior {
 public:
  explicit CountingPrior(const Prior& prior) : prior_(prior) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    images_evaluated_ += x_t.size(0);
    return prior_.evaluate(x_t, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] double smallest_sigma() const override { return prior_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior_.clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

  /// Forward passes so far, times the images of each.
  [[nodiscard]] std::int64_t images_evaluated() const { return images_evaluated_; }

 private:
  const Prior& prior_;
  mutable std::int64_t images_evaluated_ = 0;
};

}  // namespace dpsbench
