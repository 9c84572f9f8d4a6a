// LGD-MC: Song et al., Loss-Guided Diffusion Models for Plug-and-Play Controllable Generation, ICML 2023, Eq. 11. The
// likelihood of x_t is averaged over p(x_0 | x_t), taken as N(x0hat, r_t^2 I) with r_t^2 = sigma_t^2 / (1 + sigma_t^2):
// the gradient of log (1/n) sum_k exp(-||y - A x_k||^2 / (2 sigma_y^2)), which weighs the draws x_k by their
// likelihood. The authors published no code. As in InverseBench's, the gradient of the (weighted) mean loss is divided
// by twice the root of that loss: one draw of radius 0 makes the step of DPS, the clamp of a network's x0hat included,
// and `scale` means the same.
// `as_published` is InverseBench's code: draws weighted alike, and the root taken of the losses' sum, not mean.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class LgdMc final : public Method {
 public:
  explicit LgdMc(const OptionValues& options)
      : steps_(options.integer("steps")),
        draws_(options.integer("draws")),
        radius_(options.real("radius")),
        scale_(options.real("scale")),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(
        schedule, problem.shape(), problem.options(), problem.noise, observer,
        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::wanted);
          const Tensor x_prime = ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise);
          const double r_t = radius_ * std::sqrt(1 - schedule.alpha_bar(i));  // sigma_t / sqrt(1 + sigma_t^2)
          const MeanLoss loss = mean_loss(problem, at.x0, r_t, i * draws_);
          const Tensor gradient = at.pull_back({loss.half_gradient / per_image(loss.root, at.x0)})[0];
          return {x_prime - gradient * scale_, at.x0, scale_ / (2 * loss.root)};
        });
  }

 private:
  struct MeanLoss {
    Tensor root;           ///< of the mean of ||y - A x_k||^2, [B]
    Tensor half_gradient;  ///< of that mean with respect to x0, [B, C, H, W]
  };

  [[nodiscard]] MeanLoss mean_loss(const Problem& problem, const Tensor& x0, double r_t,
                                   std::int64_t first_draw) const {
    std::vector<Tensor> losses;
    std::vector<Tensor> half_gradients;
    for (std::int64_t k = 0; k < draws_; ++k) {
      const Tensor x_k = x0 + normal_like(problem.noise, Purpose::inner, first_draw + k, x0) * r_t;
      const Tensor residual = problem.op.forward(x_k) - problem.y;
      losses.push_back(image_dot(residual, residual));
      half_gradients.push_back(problem.op.vjp(x_k, residual));
    }
    const Tensor loss = at::stack(losses);  // [draws, B]
    const double precision = 1 / (problem.sigma_y * problem.sigma_y);
    const Tensor weight =
        as_published_ ? at::full_like(loss, 1.0 / static_cast<double>(draws_)) : (loss * (-0.5 * precision)).softmax(0);
    const Tensor normalizer = as_published_ ? loss.sum(0) : (weight * loss).sum(0);
    Tensor half_gradient = at::zeros_like(x0);
    for (std::int64_t k = 0; k < draws_; ++k)
      half_gradient = half_gradient + half_gradients[static_cast<std::size_t>(k)] * per_image(weight[k], x0);
    return {normalizer.sqrt().clamp_min(smallest_length), half_gradient};
  }

  static constexpr double smallest_length = 1e-12;
  std::int64_t steps_;
  std::int64_t draws_;
  double radius_;
  double scale_;
  bool as_published_;
};

}  // namespace

MethodEntry lgd_mc_entry() {
  return {
      .name = "lgd-mc",
      .title = "Loss-guided diffusion, Monte Carlo",
      .paper = "Song et al. 2023, ICML (PMLR 202)",
      .needs = {.gradient = true},
      .options = {steps_option(),
                  {"draws", std::int64_t{10}, "Monte Carlo draws of x_0 in each step", 1, 1000},
                  {"radius", 1.0, "factor on the draws' standard deviation r_t; 0: DPS", 0},
                  {"scale", 0.5, "factor on the gradient, as that of DPS", 0},
                  as_published_option(
                      "InverseBench's: draws weighted alike, step shortened by the root of their number")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<LgdMc>(options); },
      .follows_score = true,
      .without_noise = "its draws are weighted by a likelihood that is divided by sigma_y^2",
      .tunable = {Tunable::log("scale", 0.1, 20), Tunable::log("radius", 0.1, 3)},
  };
}

}  // namespace dpsbench
