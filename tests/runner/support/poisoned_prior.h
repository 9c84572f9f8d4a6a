#pragma once
#include <limits>

#include "core/error.h"
#include "core/prior.h"

namespace dpsbench::testing_support {

/// A prior that cannot do with one image, told by its noise at the first step: it answers with numbers that are not
/// finite, or throws.
class PoisonedPrior final : public Prior {
 public:
  enum class Answer { nan, exception };
  PoisonedPrior(const Prior& prior, Answer answer) : prior_(prior), answer_(answer) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    Evaluation evaluation = prior_.evaluate(x_t, level, gradient);
    if (!victim_.defined()) victim_ = x_t[1].clone();  // the second image of the first batch
    for (std::int64_t i = 0; i < x_t.size(0); ++i) {
      if (!at::equal(x_t[i], victim_)) continue;
      if (answer_ == Answer::exception) throw NumericError("the second image is poison");
      evaluation.eps = evaluation.eps.clone();
      evaluation.eps[i].fill_(std::numeric_limits<float>::quiet_NaN());
    }
    return evaluation;
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
  Answer answer_;
  mutable Tensor victim_;
};

}  // namespace dpsbench::testing_support
