#include "runner/counting_prior.h"

#include "core/closed_form.h"

namespace dpsbench {
namespace {

/// Passes everything on to a prior of type Base and counts its evaluations.
template <typename Base>
class Counting : public Base {
 public:
  Counting(const Base& prior, std::int64_t& count) : prior_(prior), count_(count) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    count_ += x_t.size(0);
    return prior_.evaluate(x_t, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] double smallest_sigma() const override { return prior_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior_.clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 protected:
  const Base& prior_;
  std::int64_t& count_;
};

class CountingClosedForm final : public Counting<ClosedFormPrior> {
 public:
  using Counting::Counting;

  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    count_ += x.size(0);
    return prior_.score_anisotropic(x, variances);
  }
  [[nodiscard]] PosteriorScore posterior_score(const LinearMeasurement& measurement) const override {
    return [this, score = prior_.posterior_score(measurement)](const Tensor& x_t, const NoiseLevel& level) {
      count_ += x_t.size(0);
      return score(x_t, level);
    };
  }
};

}  // namespace

std::unique_ptr<Prior> make_counting(const Prior& prior, std::int64_t& images_evaluated) {
  if (const auto* closed = dynamic_cast<const ClosedFormPrior*>(&prior))
    return std::make_unique<CountingClosedForm>(*closed, images_evaluated);
  return std::make_unique<Counting<Prior>>(prior, images_evaluated);
}

}  // namespace dpsbench
