// ReSample: Song et al., Solving Inverse Problems with Latent Diffusion Models via Hard Data Consistency, ICLR 2024,
// Algorithm 1, as their code runs it. Every step is one of latent DPS without noise; on every `interval`-th step of the
// last two thirds
//   a few DDIM steps go ahead, which give a better z0hat;
//   hard data consistency: z0hat(y) makes ||y - A D(z)||^2 small, in the middle third in pixels, from D(z0hat) and back
//   by E, in the last third in latents, through D;
//   stochastic resampling (Proposition 1): z ~ N of mean (s sqrt(abar') z0hat(y) + (1 - abar') z') / (s + 1 - abar')
//   and variance s (1 - abar') / (s + 1 - abar'), with s = spread (1 - abar') / (1 - abar) (1 - abar / abar').
// At the end there is one more descent in latents. Losses are means over y's entries; descents are AdamW's, and stop
// for each image by itself where theirs, of one image, stop.
// `as_published`: their Tweedie estimate z0hat = (z_t - (1 - abar) eps) / sqrt(abar), which lacks the root of 1 - abar;
// and steps ahead that take abar of one level before that which the network is told.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/error.h"
#include "core/latent/decoded_operator.h"
#include "core/method_entry.h"
#include "methods/parts/descent.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

/// Whether the step i of so many ends with data consistency, and whether that is in pixels.
struct Consistency {
  bool wanted;
  bool in_pixels;
};
Consistency consistency_at(std::int64_t i, std::int64_t steps, std::int64_t interval) {
  const std::int64_t third = steps / 3;
  return {i > 0 && i <= steps - third && i % interval == 0, i >= third};
}

/// The mean squared residual of A u, and its gradient with respect to u.
LossAndGradient misfit_of(const Operator& op, const Tensor& y) {
  return [&op, y](const Tensor& u) {
    const Tensor residual = op.forward(u) - y;
    const double entries = static_cast<double>(residual[0].numel());
    return std::pair(image_dot(residual, residual) / entries, op.vjp(u, residual) * (2 / entries));
  };
}

class ReSample final : public Method {
 public:
  explicit ReSample(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    if (problem.decoded == nullptr) throw Error("resample: this is a problem of images");
    const std::int64_t steps = options_.integer("steps");
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& z_t) -> ReverseStep {
                          const Guided guided = guided_step(problem, schedule, i, z_t);
                          const Consistency consistency = consistency_at(i, steps, options_.integer("interval"));
                          if (i == 0) return {descended(problem, guided.z_prime), guided.z0, {}};
                          if (!consistency.wanted) return {guided.z_prime, guided.z0, {}};
                          const Tensor ahead = estimate_ahead(problem, schedule, i, guided.z_prime);
                          const Tensor z0_y =
                              consistency.in_pixels ? consistent_in_pixels(problem, ahead) : descended(problem, ahead);
                          return {resampled(problem, schedule, i, z0_y, guided.z_prime), z0_y, {}};
                        });
  }

 private:
  struct Guided {
    Tensor z_prime;
    Tensor z0;
  };

  /// z0hat of a noise prediction at a level with this abar.
  [[nodiscard]] Tensor tweedie_estimate(const Tensor& z_t, const Tensor& eps, double alpha_bar) const {
    const double of_eps = options_.flag("as_published") ? 1 - alpha_bar : std::sqrt(1 - alpha_bar);
    return (z_t - eps * of_eps) * (1 / std::sqrt(alpha_bar));
  }

  /// DDIM's step with eta 0, from abar to abar'.
  static Tensor ddim(const Tensor& z_t, const Tensor& eps, double from, double to) {
    return (z_t - eps * std::sqrt(1 - from)) * std::sqrt(to / from) + eps * std::sqrt(1 - to);
  }

  /// z' - (abar / 2) grad ||y - A D(z0hat(z_t))||.
  [[nodiscard]] Guided guided_step(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                   const Tensor& z_t) const {
    const NoiseLevel level = schedule.level(i);
    const Evaluation at = problem.prior.evaluate(z_t, level, Gradient::wanted);
    const Tensor z_prime = ddim(z_t, at.eps, level.alpha_bar, schedule.alpha_bar_previous(i));
    const Tensor z0 = tweedie_estimate(z_t, at.eps, level.alpha_bar);
    const Tensor residual = problem.op.forward(z0) - problem.y;
    const Tensor along = residual / per_image(image_norm(residual).clamp_min(1e-12), residual);
    // z0 = (z_t - c eps) / sqrt(abar): its transposed Jacobian by that of eps
    const Tensor cotangent = problem.op.vjp(z0, along) * (1 / std::sqrt(level.alpha_bar));
    const double of_eps = options_.flag("as_published") ? 1 - level.alpha_bar : std::sqrt(1 - level.alpha_bar);
    const Tensor gradient = cotangent - at.pull_back({cotangent})[0] * of_eps;
    return {z_prime - gradient * (options_.real("scale") * level.alpha_bar), z0};
  }

  /// z0hat after some DDIM steps from z' of level i - 1 on.
  [[nodiscard]] Tensor estimate_ahead(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                      Tensor z) const {
    const std::int64_t behind = options_.flag("as_published") ? 1 : 0;
    Tensor z0;
    for (std::int64_t k = 1; k <= options_.integer("ahead") && k <= i; ++k) {
      const Tensor eps = problem.prior.evaluate(z, schedule.level(i - k), Gradient::none).eps;
      const std::int64_t taken = i - k + behind;
      z0 = tweedie_estimate(z, eps, schedule.alpha_bar(taken));
      z = ddim(z, eps, schedule.alpha_bar(taken), schedule.alpha_bar_previous(taken));
    }
    return z0;
  }

  [[nodiscard]] Tensor consistent_in_pixels(const Problem& problem, const Tensor& z0) const {
    const DecodedOperator& through = *problem.decoded;
    const double tolerance = options_.real("tolerance");
    const Tensor x =
        descend(through.autoencoder().decode(z0, Gradient::none).value,
                misfit_of(through.images(), through.measurement_of(problem.y)),
                {options_.integer("pixel_iterations"), options_.real("pixel_rate"), tolerance * tolerance});
    return through.autoencoder().encode(x, Gradient::none).value;
  }

  [[nodiscard]] Tensor descended(const Problem& problem, const Tensor& z) const {
    constexpr std::int64_t patience = 200;
    const double tolerance = options_.real("tolerance");
    return descend(
        z, misfit_of(problem.op, problem.y),
        {options_.integer("latent_iterations"), options_.real("latent_rate"), tolerance * tolerance, patience});
  }

  [[nodiscard]] Tensor resampled(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                 const Tensor& z0_y, const Tensor& z_prime) const {
    const double next = schedule.alpha_bar_previous(i);
    const double now = schedule.alpha_bar(i);
    const double s = options_.real("spread") * (1 - next) / (1 - now) * (1 - now / next);
    const Tensor mean = (z0_y * (s * std::sqrt(next)) + z_prime * (1 - next)) * (1 / (s + 1 - next));
    return mean + normal_like(problem.noise, Purpose::step, i, z_prime) * std::sqrt(s * (1 - next) / (s + 1 - next));
  }

  OptionValues options_;
};

/// How often evaluations go ahead, and on how many steps data consistency is sought in pixels and in latents.
struct Counts {
  double ahead = 0;
  double in_pixels = 0;
  double in_latents = 1;  // at the end
};
Counts counts_of(const OptionValues& options) {
  Counts counts;
  const std::int64_t steps = options.integer("steps");
  for (std::int64_t i = 1; i < steps; ++i) {
    const Consistency consistency = consistency_at(i, steps, options.integer("interval"));
    if (!consistency.wanted) continue;
    counts.ahead += static_cast<double>(std::min(i, options.integer("ahead")));
    (consistency.in_pixels ? counts.in_pixels : counts.in_latents) += 1;
  }
  return counts;
}

}  // namespace

MethodEntry resample_entry() {
  return {
      .name = "resample",
      .title = "Latent DPS with hard data consistency and stochastic resampling",
      .paper = "Song et al. 2024, arXiv 2307.08123",
      .needs = {.gradient = true, .latents = true},
      .options = {steps_option(500),
                  {"scale", 0.5, "factor on abar times the gradient of ||y - A D(z0hat)||", 0},
                  {"interval", std::int64_t{10}, "data consistency on every so many steps", 1, 1000},
                  {"ahead", std::int64_t{5}, "DDIM steps ahead before it", 1, 100},
                  {"spread", 40.0, "factor on the variance with which latents are resampled", 1e-6},
                  {"pixel_iterations", std::int64_t{2000}, "of data consistency in pixels, at most", 1, 100000},
                  {"pixel_rate", 0.01, "AdamW's there", 1e-9},
                  {"latent_iterations", std::int64_t{500}, "of data consistency in latents, at most", 1, 100000},
                  {"latent_rate", 5e-3, "AdamW's there", 1e-9},
                  {"tolerance", 1e-3, "root mean square residual below which a descent ends; in units of images", 0},
                  as_published_option("z0hat lacks a root of 1 - abar; steps ahead take abar of one level before")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps + counts_of(options).ahead, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<ReSample>(options); },
      .without_noise = "",
      .coding =
          [](const OptionValues& options) {
            const Counts counts = counts_of(options);
            const double through = static_cast<double>(options.integer("steps")) +
                                   counts.in_latents * static_cast<double>(options.integer("latent_iterations"));
            return CodingCost{through + counts.in_pixels, through, counts.in_pixels, 0};
          },
      .tunable = {Tunable::log("scale", 0.05, 20), Tunable::log("spread", 0.1, 100),
                  Tunable::log("tolerance", 1e-3, 0.3)},
  };
}

}  // namespace dpsbench
