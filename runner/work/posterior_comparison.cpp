#include "runner/work/posterior_comparison.h"

#include <algorithm>

#include "methods/parts/problem_posterior.h"

namespace dpsbench {
namespace {

constexpr std::int64_t least_draws = 200;

/// The shares of the modes of every sample, [B, S, K]; undefined for a posterior without modes.
Tensor shares_of(const ExactPosterior& posterior, const Tensor& samples, const TensorOptions& options) {
  std::vector<Tensor> shares;
  for (const Tensor& sample : samples.unbind(1)) {
    const Tensor of_sample = posterior.mode_shares(sample.to(options));
    if (!of_sample.defined()) return {};
    shares.push_back(of_sample);
  }
  return at::stack(shares, 1).to(at::kCPU);
}

}  // namespace

std::map<std::string, Tensor> compare_with_posterior(const MetricSet& metrics, const Prior& law, const Operator& op,
                                                     const Tensor& y, double sigma_y, const Tensor& samples,
                                                     const Tensor& truth, const Noise& noise) {
  const auto posterior = exact_posterior(law, op, y, sigma_y);
  std::vector<Tensor> draws;
  for (std::int64_t draw = 0; draw < std::max(least_draws, samples.size(1)); ++draw)
    draws.push_back(posterior->draw(noise, Purpose::bootstrap, draw).to(at::kCPU));
  PosteriorInputs inputs{samples.to(at::kCPU),
                         truth.to(at::kCPU),
                         posterior->mean().to(at::kCPU),
                         posterior->deviation().to(at::kCPU),
                         at::stack(draws, 1),
                         posterior->mode_weights(),
                         shares_of(*posterior, samples, law.options())};
  if (inputs.mode_weights.defined()) inputs.mode_weights = inputs.mode_weights.to(at::kCPU);
  return metrics.evaluate(inputs);
}

}  // namespace dpsbench
