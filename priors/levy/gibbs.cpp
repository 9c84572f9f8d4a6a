#include "priors/levy/gibbs.h"

#include <algorithm>
#include <cmath>

namespace dpsbench {
namespace {

/// The runs of two or more increments of whose sums alone something is known: they end at a number that is seen, or at
/// the end of the signal.
std::vector<std::pair<std::size_t, std::size_t>> runs_without_evidence(const SignalEvidence& evidence) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  if (!evidence.is_diagonal()) return runs;
  std::size_t begin = 0;
  for (std::size_t k = 0; k < evidence.precision.size(); ++k) {
    if (evidence.precision[k] == 0 && k + 1 < evidence.precision.size()) continue;
    if (k > begin) runs.emplace_back(begin, k + 1);
    begin = k + 1;
  }
  return runs;
}

}  // namespace

LevyGibbs::LevyGibbs(const LevyLaw& law, const SignalEvidence& evidence, ChainStream stream)
    : law_(law),
      stream_(stream),
      walk_(WalkPosterior::of(evidence)),
      is_sparse_(law.increments == IncrementLaw::bernoulli_laplace),
      hidden_runs_(runs_without_evidence(evidence)),
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
  if (is_sparse_) walk_->draw_jumps(std::log(law_.jumps / (1 - law_.jumps)), variances_, jumps_, stream_);
}

void LevyGibbs::shuffle_hidden_increments() {
  for (const auto& [begin, end] : hidden_runs_) {
    std::vector<double> increments;
    for (std::size_t k = begin; k < end; ++k) increments.push_back(signal_[k] - (k == 0 ? 0 : signal_[k - 1]));
    for (std::size_t last = end - 1; last > begin; --last) {  // Fisher & Yates
      const auto count = static_cast<double>(last - begin + 1);
      const std::size_t other = begin + static_cast<std::size_t>(stream_.uniform() * count);
      std::swap(increments[last - begin], increments[other - begin]);
      std::swap(variances_[last], variances_[other]);
      std::swap(jumps_[last], jumps_[other]);
    }
    // their sum is what it was: from the last jump on the signal has the value of the run's end, to the last bit
    std::size_t last_jump = end - 1;
    while (last_jump > begin && jumps_[last_jump] == 0) --last_jump;
    double x = begin == 0 ? 0 : signal_[begin - 1];
    for (std::size_t k = begin; k < last_jump; ++k) signal_[k] = x += increments[k - begin];
    std::fill(signal_.begin() + static_cast<std::ptrdiff_t>(last_jump),
              signal_.begin() + static_cast<std::ptrdiff_t>(end), signal_[end - 1]);
  }
}

void LevyGibbs::draw_signal() {
  for (std::size_t k = 0; k < signal_.size(); ++k) effective_[k] = jumps_[k] != 0 ? variances_[k] : 0;
  walk_->draw(effective_, stream_, signal_, mean_);
  shuffle_hidden_increments();
}

void LevyGibbs::sweep() {
  draw_variances();
  draw_signal();
}

void LevyGibbs::exchanging_sweep() {
  draw_variances();
  walk_->exchange_neighbours(variances_, jumps_, stream_);
  draw_signal();
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
