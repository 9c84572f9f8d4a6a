#include "priors/levy/prior.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "core/error.h"
#include "priors/levy/posterior.h"

namespace dpsbench {

LevyPrior::LevyPrior(const LevyLaw& law, std::int64_t length, const ChainLength& denoiser,
                     const ReferenceLength& reference, const TensorOptions& options)
    : law_(law),
      length_(length),
      denoiser_(denoiser),
      references_(std::make_shared<LevyReferences>(law, reference)),
      options_(options) {
  if (length < 1 || denoiser.kept < 1 || reference.chains < 1 || reference.each.kept < reference.apart)
    throw Error("a Levy prior needs signals and chains of some length");
}

void LevyPrior::check(const Tensor& x) const {
  if (x.dim() != 4 || image_shape(x) != shape())
    throw Error(fmt::format("a prior of signals [1, 1, {}] was given [{}]", length_, fmt::join(x.sizes(), ", ")));
}

std::vector<SignalEvidence> LevyPrior::evidence_of(const Tensor& x, const Tensor& variances) const {
  check(x);
  const Tensor values = x.reshape({x.size(0), length_});
  const Tensor noise = variances.expand({variances.size(0), 1, 1, length_}).reshape({-1, length_});
  std::vector<SignalEvidence> evidence;
  for (std::int64_t b = 0; b < x.size(0); ++b)
    evidence.push_back(SignalEvidence::of_numbers(values[b], noise[noise.size(0) == 1 ? 0 : b]));
  return evidence;
}

std::pair<Tensor, Tensor> LevyPrior::moments(const std::vector<SignalEvidence>& evidence, bool with_covariance) const {
  const auto images = static_cast<std::int64_t>(evidence.size());
  const Tensor means = at::empty({images, length_}, at::kDouble);
  const Tensor covariances = at::empty({with_covariance ? images : 0, length_, length_}, at::kDouble);
  at::parallel_for(0, images, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const SignalEvidence& of_image = evidence[static_cast<std::size_t>(b)];
      const SignalMoments found =
          levy_moments(law_, of_image, denoiser_, ChainStream(of_image.digest(), 0), with_covariance);
      std::copy(found.mean.begin(), found.mean.end(), means.data_ptr<double>() + b * length_);
      std::copy(found.covariance.begin(), found.covariance.end(),
                covariances.data_ptr<double>() + b * length_ * length_);
    }
  });
  return {means, covariances};
}

Evaluation LevyPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  const at::NoGradGuard no_grad;
  const double root = std::sqrt(level.alpha_bar);
  const double noise = 1 - level.alpha_bar;
  const Tensor x = x_t.to(at::kCPU, at::kDouble);
  const Tensor variance = at::full({1, 1, 1, 1}, noise / level.alpha_bar, at::kDouble);
  const auto [means, covariances] = moments(evidence_of(x / root, variance), gradient == Gradient::wanted);
  Evaluation evaluation{((x - means.view_as(x) * root) / std::sqrt(noise)).to(options_), {}, {}};
  if (gradient == Gradient::none) return evaluation;
  evaluation.pull_back = [covariances = covariances, noise, of_mean = level.alpha_bar / noise,
                          options = options_](const std::vector<Tensor>& cotangents) {
    std::vector<Tensor> gradients;
    for (const Tensor& cotangent : cotangents) {
      const Tensor c = cotangent.to(at::kCPU, at::kDouble);
      const Tensor through_mean = at::bmm(covariances, c.flatten(1).unsqueeze(2)).view_as(c);
      gradients.push_back(((c - through_mean * of_mean) / std::sqrt(noise)).to(options));
    }
    return gradients;
  };
  return evaluation;
}

Tensor LevyPrior::score_anisotropic(const Tensor& x, const Tensor& variances) const {
  const at::NoGradGuard no_grad;
  const Tensor state = x.to(at::kCPU, at::kDouble);
  const Tensor noise = variances.to(at::kCPU, at::kDouble);
  const Tensor mean = moments(evidence_of(state, noise), false).first.view_as(state);
  return ((mean - state) / noise).to(options_);
}

Tensor LevyPrior::sample(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  std::vector<double> numbers;
  for (ChainStream& stream : ChainStream::of_images(noise, purpose, draw)) {
    const std::vector<double> signal = law_.draw_signal(length_, stream);
    numbers.insert(numbers.end(), signal.begin(), signal.end());
  }
  return at::tensor(numbers, at::kDouble).view(shape().batch(noise.images())).to(options_);
}

std::unique_ptr<ExactPosterior> LevyPrior::exact_posterior(const Measurement& measurement) const {
  if (!measurement.linear) throw Error("Gibbs sampling of signals knows the posterior of linear measurements only");
  return std::make_unique<LevyPosterior>(*this, *measurement.linear);
}

}  // namespace dpsbench
