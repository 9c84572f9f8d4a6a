#include "methods/parts/reference_score.h"

#include <cmath>

namespace dpsbench {

ReferenceScore::ReferenceScore(const Prior& prior, const NoiseSchedule& schedule, Tensor image, Tensor mask,
                               double sigma_y, double tolerance)
    : prior_(prior),
      schedule_(schedule),
      image_(std::move(image)),
      mask_(std::move(mask)),
      sigma_y_(sigma_y),
      tolerance_(tolerance) {}

Tensor ReferenceScore::posterior_score(const Tensor& x_t, const NoiseLevel& level) {
  const DenoisingPosterior at = denoising_posterior(prior_, schedule_, level, sigma_y_);
  return combine_denoising_score(at, prior_term(at, x_t, level), x_t, level, image_);
}

Tensor ReferenceScore::prior_term(const DenoisingPosterior& at, const Tensor& x_t, const NoiseLevel& level) {
  if (at.of_state < tolerance_) {
    if (!reused_.defined())  // hidden pixels are 0 in the image: nothing is known of them yet
      reused_ = prior_score_ve(prior_, image_, schedule_.level_of_sigma(std::max(sigma_y_, prior_.smallest_sigma())));
    return reused_;
  }
  Tensor state = denoising_state(at, x_t, level, image_);
  if (mask_.defined()) state = at::where(mask_ > 0, state, x_t * (1 / std::sqrt(level.alpha_bar)));
  return prior_score_ve(prior_, state, at.level);
}

ReferenceScores::ReferenceScores(const Prior& prior, const NoiseSchedule& schedule, const DenoisingReference& reference,
                                 double sigma_y, double tolerance) {
  const Tensor& noise = reference.noise;
  if (!noise.defined() || noise.eq(noise[0]).all().item<bool>()) {
    const double one = noise.defined() ? noise[0].item<double>() : 1.0;
    scores_.emplace_back(prior, schedule, reference.image, Tensor(), sigma_y * one, tolerance);
    return;
  }
  for (std::int64_t b = 0; b < noise.size(0); ++b)
    scores_.emplace_back(prior, schedule, reference.image.narrow(0, b, 1), Tensor(), sigma_y * noise[b].item<double>(),
                         tolerance);
}

Tensor ReferenceScores::posterior_score(const Tensor& x_t, const NoiseLevel& level) {
  if (scores_.size() == 1 && x_t.size(0) != 1) return scores_.front().posterior_score(x_t, level);
  std::vector<Tensor> each;
  for (std::size_t b = 0; b < scores_.size(); ++b)
    each.push_back(scores_[b].posterior_score(x_t.narrow(0, static_cast<std::int64_t>(b), 1), level));
  return at::cat(each);
}

double reference_evaluations(std::int64_t steps, double sigma_y, double tolerance) {
  const NoiseSchedule schedule = NoiseSchedule::linear().respaced(steps);
  double evaluations = 0;
  bool reuses = false;
  for (std::int64_t i = 0; i < steps; ++i) {
    const double of_y = sigma_y * sigma_y;
    const double of_t = std::pow(schedule.level(i).sigma(), 2);
    const bool reused = of_y / (of_y + of_t) < tolerance;
    reuses = reuses || reused;
    evaluations += reused ? 0 : 1;
  }
  return evaluations + (reuses ? 1 : 0);
}

}  // namespace dpsbench
