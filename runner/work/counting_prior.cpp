#include "runner/work/counting_prior.h"

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

/// Counts what an exact posterior is asked as if the prior were.
class CountingPosterior final : public ExactPosterior {
 public:
  CountingPosterior(std::unique_ptr<ExactPosterior> posterior, std::int64_t& count)
      : posterior_(std::move(posterior)), count_(count) {}

  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    return posterior_->draw(noise, purpose, draw);
  }
  [[nodiscard]] Tensor mean() const override { return posterior_->mean(); }
  [[nodiscard]] Tensor deviation() const override { return posterior_->deviation(); }
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override {
    count_ += x_t.size(0);
    return posterior_->score(x_t, level);
  }
  [[nodiscard]] Tensor mode_weights() const override { return posterior_->mode_weights(); }
  [[nodiscard]] Tensor mode_shares(const Tensor& x) const override { return posterior_->mode_shares(x); }

 private:
  std::unique_ptr<ExactPosterior> posterior_;
  std::int64_t& count_;
};

template <typename Base>
class CountingTractable : public Counting<Base> {
 public:
  using Counting<Base>::Counting;

  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    return this->prior_.sample(noise, purpose, draw);
  }
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const override {
    return std::make_unique<CountingPosterior>(this->prior_.exact_posterior(measurement), this->count_);
  }
};

class CountingClosedForm final : public CountingTractable<ClosedFormPrior> {
 public:
  using CountingTractable::CountingTractable;

  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    count_ += x.size(0);
    return prior_.score_anisotropic(x, variances);
  }
};

}  // namespace

std::unique_ptr<Prior> make_counting(const Prior& prior, std::int64_t& images_evaluated) {
  if (const auto* closed = dynamic_cast<const ClosedFormPrior*>(&prior))
    return std::make_unique<CountingClosedForm>(*closed, images_evaluated);
  if (const auto* tractable = dynamic_cast<const TractablePrior*>(&prior))
    return std::make_unique<CountingTractable<TractablePrior>>(*tractable, images_evaluated);
  return std::make_unique<Counting<Prior>>(prior, images_evaluated);
}

}  // namespace dpsbench
