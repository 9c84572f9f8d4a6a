#include "runner/work/posterior_comparison.h"

#include <algorithm>

#include "core/latent/decoded_operator.h"
#include "core/latent/latent_prior.h"
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

/// The same of the latents of samples and truth against the posterior of latents.
std::map<std::string, Tensor> compare_latents(const MetricSet& metrics, const LatentPrior& law, const Operator& op,
                                              const Tensor& y, double sigma_y, const Tensor& samples,
                                              const Tensor& truth, const Noise& noise) {
  const TensorOptions options = law.latents().options();
  const DecodedOperator decoded(law.autoencoder(), op, y.size(0), options);
  const auto latents_of = [&](const Tensor& images) {
    return law.autoencoder().encode(images.to(options), Gradient::none).value;
  };
  std::vector<Tensor> chains;
  for (const Tensor& sample : samples.unbind(1)) chains.push_back(latents_of(sample));
  return compare_with_posterior(metrics, law.latents(), decoded, decoded.of_images(y), sigma_y, at::stack(chains, 1),
                                latents_of(truth), noise);
}

}  // namespace

std::map<std::string, Tensor> compare_with_posterior(const MetricSet& metrics, const Prior& law, const Operator& op,
                                                     const Tensor& y, double sigma_y, const Tensor& samples,
                                                     const Tensor& truth, const Noise& noise) {
  if (const LatentPrior* latent = as_latent(law))
    return compare_latents(metrics, *latent, op, y, sigma_y, samples, truth, noise);
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
