#include "priors/mixture/dense_posterior.h"

namespace dpsbench {

DensePosterior::DensePosterior(const GaussianMixturePrior& prior, const LinearMeasurement& measurement)
    : prior_(prior) {
  const Tensor matrices = measurement.matrices();
  for (std::int64_t b = 0; b < matrices.size(0); ++b) {
    const Tensor y = matrices.size(0) == 1 ? measurement.y : measurement.y.narrow(0, b, 1);
    const std::vector<GaussianMixture> mixtures = linear_posteriors(prior.mixture(), matrices[b], y, measurement.sigma);
    const GaussianMixture shared = mixtures.front().to(prior.options());  // covariances in one piece of memory
    for (const GaussianMixture& mixture : mixtures) {
      GaussianMixture own = shared;
      own.log_weights = mixture.log_weights.to(prior.options());
      own.means = mixture.means.to(prior.options());
      posteriors_.push_back(std::make_unique<GaussianMixturePrior>(own, prior.shape(), prior.options()));
    }
  }
}

Tensor DensePosterior::draw(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  const MixtureNoise numbers = MixtureNoise::of(noise, purpose, draw, prior_.mixture());
  std::vector<Tensor> drawn;
  for (std::size_t b = 0; b < posteriors_.size(); ++b)
    drawn.push_back(posteriors_[b]->mixture().sample(numbers.of_image(static_cast<std::int64_t>(b))));
  return at::cat(drawn).view(prior_.shape().batch(noise.images()));
}

Tensor DensePosterior::mean() const {
  std::vector<Tensor> means;
  for (const auto& posterior : posteriors_) means.push_back(posterior->mixture().moments().first);
  return at::stack(means).view(prior_.shape().batch(static_cast<std::int64_t>(means.size())));
}

Tensor DensePosterior::deviation() const {
  std::vector<Tensor> deviations;
  for (const auto& posterior : posteriors_) deviations.push_back(posterior->mixture().moments().second.sqrt());
  return at::stack(deviations).view(prior_.shape().batch(static_cast<std::int64_t>(deviations.size())));
}

Tensor DensePosterior::score(const Tensor& x_t, const NoiseLevel& level) const {
  std::vector<Tensor> scores;
  for (std::size_t b = 0; b < posteriors_.size(); ++b)
    scores.push_back(posteriors_[b]->score(x_t.narrow(0, static_cast<std::int64_t>(b), 1), level));
  return at::cat(scores);
}

Tensor DensePosterior::mode_weights() const {
  std::vector<Tensor> weights;
  for (const auto& posterior : posteriors_) weights.push_back(posterior->mixture().log_weights.exp());
  return at::stack(weights);
}

}  // namespace dpsbench
