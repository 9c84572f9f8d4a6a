#include "runner/work/counting_prior.h"

#include "core/anisotropic.h"

namespace dpsbench {
namespace {

/// Passes everything on to a prior of type Base and counts its evaluations and the passes back through them.
template <typename Base>
class Counting : public Base {
 public:
  Counting(const Base& prior, PriorUse& use) : prior_(prior), use_(use) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    use_.evaluations += x_t.size(0);
    Evaluation evaluation = prior_.evaluate(x_t, level, gradient);
    if (!evaluation.pull_back) return evaluation;
    evaluation.pull_back = [inner = std::move(evaluation.pull_back), images = x_t.size(0),
                            &use = use_](const std::vector<Tensor>& cotangents) {
      use.passes_back += images;
      return inner(cotangents);
    };
    return evaluation;
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return prior_.schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return prior_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior_.clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 protected:
  const Base& prior_;
  PriorUse& use_;
};

/// Counts what an exact posterior is asked as if the prior were.
class CountingPosterior final : public ExactPosterior {
 public:
  CountingPosterior(std::unique_ptr<ExactPosterior> posterior, PriorUse& use)
      : posterior_(std::move(posterior)), use_(use) {}

  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    return posterior_->draw(noise, purpose, draw);
  }
  [[nodiscard]] Tensor mean() const override { return posterior_->mean(); }
  [[nodiscard]] Tensor deviation() const override { return posterior_->deviation(); }
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override {
    use_.evaluations += x_t.size(0);
    return posterior_->score(x_t, level);
  }
  [[nodiscard]] Tensor mode_weights() const override { return posterior_->mode_weights(); }
  [[nodiscard]] Tensor mode_shares(const Tensor& x) const override { return posterior_->mode_shares(x); }

 private:
  std::unique_ptr<ExactPosterior> posterior_;
  PriorUse& use_;
};

template <typename Base>
class CountingTractable : public Counting<Base> {
 public:
  using Counting<Base>::Counting;

  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    return this->prior_.sample(noise, purpose, draw);
  }
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const override {
    return std::make_unique<CountingPosterior>(this->prior_.exact_posterior(measurement), this->use_);
  }
};

class CountingClosedForm final : public CountingTractable<ClosedFormPrior> {
 public:
  using CountingTractable::CountingTractable;

  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    use_.evaluations += x.size(0);
    return prior_.score_anisotropic(x, variances);
  }
};

/// A network that is told the noise of each pixel.
class CountingAnisotropic final : public Counting<Prior>, public AnisotropicScore {
 public:
  CountingAnisotropic(const Prior& prior, const AnisotropicScore& score, PriorUse& use)
      : Counting(prior, use), score_(score) {}

  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    return evaluate_anisotropic(x, variances).score;
  }
  [[nodiscard]] AnisotropicEvaluation evaluate_anisotropic(const Tensor& x, const Tensor& variances) const override {
    use_.evaluations += x.size(0);
    return score_.evaluate_anisotropic(x, variances);
  }

 private:
  const AnisotropicScore& score_;
};

}  // namespace

std::unique_ptr<Prior> make_counting(const Prior& prior, PriorUse& use) {
  if (const auto* closed = dynamic_cast<const ClosedFormPrior*>(&prior))
    return std::make_unique<CountingClosedForm>(*closed, use);
  if (const auto* tractable = dynamic_cast<const TractablePrior*>(&prior))
    return std::make_unique<CountingTractable<TractablePrior>>(*tractable, use);
  if (const auto* anisotropic = dynamic_cast<const AnisotropicScore*>(&prior))
    return std::make_unique<CountingAnisotropic>(prior, *anisotropic, use);
  return std::make_unique<Counting<Prior>>(prior, use);
}

}  // namespace dpsbench
