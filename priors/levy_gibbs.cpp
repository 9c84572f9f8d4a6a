#include "priors/levy_gibbs.h"

#include <cmath>

namespace dpsbench {

LevyGibbs::LevyGibbs(const LevyLaw& law, const SignalEvidence& evidence, ChainStream stream)
    : law_(law),
      stream_(stream),
      walk_(WalkPosterior::of(evidence)),
      is_sparse_(law.increments == IncrementLaw::bernoulli_laplace),
      jumps_(evidence.information.size(), 1),
      variances_(evidence.information.size(), law.scale * law.scale),
      effective_(variances_),
      signal_(evidence.information.size()),
      mean_(evidence.information.size()) {
  walk_->draw(effective_, stream_, signal_, mean_);
}

void LevyGibbs::draw_variances() {
  double before = 0;
  for (std::size_t k = 0; k < signal_.size(); ++k) {
    variances_[k] =
        jumps_[k] != 0 ? law_.draw_variance_given(signal_[k] - before, stream_) : law_.draw_variance(stream_);
    before = signal_[k];
  }
}

void LevyGibbs::sweep() {
  draw_variances();
  if (is_sparse_) walk_->draw_jumps(std::log(law_.jumps / (1 - law_.jumps)), variances_, jumps_, stream_);
  for (std::size_t k = 0; k < signal_.size(); ++k) effective_[k] = jumps_[k] != 0 ? variances_[k] : 0;
  walk_->draw(effective_, stream_, signal_, mean_);
}

SignalMoments levy_moments(const LevyLaw& law, const SignalEvidence& evidence, const ChainLength& chain,
                           ChainStream stream, bool with_covariance) {
  const auto length = static_cast<std::size_t>(evidence.length());
  const auto kept = static_cast<double>(chain.kept);
  LevyGibbs gibbs(law, evidence, stream);
  for (std::int64_t k = 0; k < chain.burn_in; ++k) gibbs.sweep();
  SignalMoments moments{std::vector<double>(length, 0.0),
                        std::vector<double>(with_covariance ? length * length : 0, 0.0)};
  std::vector<double> centre;  // the first mean: squares of small differences cancel nothing
  for (std::int64_t k = 0; k < chain.kept; ++k) {
    gibbs.sweep();
    std::vector<double> mean = gibbs.conditional_mean();
    if (centre.empty()) centre = mean;
    for (std::size_t i = 0; i < length; ++i) {
      mean[i] -= centre[i];
      moments.mean[i] += mean[i];
    }
    if (!with_covariance) continue;
    gibbs.add_conditional_covariance(moments.covariance);
    for (std::size_t i = 0; i < length; ++i)
      for (std::size_t j = i; j < length; ++j) moments.covariance[i * length + j] += mean[i] * mean[j];
  }
  for (double& number : moments.mean) number /= kept;
  if (with_covariance)
    for (std::size_t i = 0; i < length; ++i)
      for (std::size_t j = i; j < length; ++j) {
        const double value = moments.covariance[i * length + j] / kept - moments.mean[i] * moments.mean[j];
        moments.covariance[i * length + j] = moments.covariance[j * length + i] = value;
      }
  for (std::size_t i = 0; i < length; ++i) moments.mean[i] += centre[i];
  return moments;
}

}  // namespace dpsbench
