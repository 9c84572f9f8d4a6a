// DSG: Yang et al., Guidance with Spherical Gaussian Constraint for Conditional Diffusion, ICML 2024, Algorithm 1.
// The guided step stays on the sphere on which the sampler's own noise concentrates: it turns the noise towards the
// steepest descent of ||y - A x0hat|| and keeps its length r. Differences from the authors' code, none of which changes
// a DDIM result at batch size 1: norms are per image; steps without guidance take no gradient.
// `as_published` concerns the DDPM sampler: the code takes r from the first element's learned variance instead of
// all elements', and moves by r at the last step too, where the sampler adds no noise.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/residual_norm.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Dsg final : public Method {
 public:
  explicit Dsg(const OptionValues& options)
      : steps_(options.integer("steps")),
        interval_(options.integer("interval")),
        rate_(options.real("rate")),
        ddim_(options.word("sampler") == "ddim"),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(
        schedule, problem.shape(), problem.options(), problem.noise, observer,
        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
          const bool guided = i % interval_ == 0;
          const Denoised at =
              denoise(problem.prior, x_t, schedule.level(i), clip, guided ? Gradient::wanted : Gradient::none);
          const Unguided step = unguided(schedule, i, at, x_t, problem.noise);
          if (!guided) return {step.mean + step.noise, at.x0, at::zeros({x_t.size(0)}, x_t.options())};
          const ResidualNorm norm = residual_norm(problem, at.x0);
          const Tensor g = at.pull_back({norm.gradient})[0];
          const Tensor r = radius(step.deviation, i, x_t);
          const Tensor pull = r / (image_norm(g) + tiny);                                // d* = -pull g
          const Tensor d_m = step.noise * (1 - rate_) - g * per_image(pull * rate_, g);  // d_s + rate (d* - d_s)
          const Tensor stretch = r / (image_norm(d_m) + tiny);                           // back to the sphere
          return {step.mean + d_m * per_image(stretch, d_m), at.x0, stretch * rate_ * pull / (2 * norm.length)};
        });
  }

 private:
  static constexpr double tiny = 1e-8;

  struct Unguided {
    Tensor mean;
    Tensor deviation;  ///< of the noise, [B, C, H, W] or zero-dimensional
    Tensor noise;      ///< d_s = deviation z
  };

  [[nodiscard]] Unguided unguided(const NoiseSchedule& schedule, std::int64_t i, const Denoised& at, const Tensor& x_t,
                                  const Noise& noise) const {
    const Tensor mean = ddim_ ? ddim_mean(schedule, i, at.x0, x_t, 1) : ancestral_mean(schedule, i, at.x0, x_t);
    const Tensor deviation = ddim_ ? at::scalar_tensor(ddim_deviation(schedule, i, 1), x_t.options())
                                   : ancestral_deviation(schedule, i, at.variance_fraction, x_t.options());
    if (i == 0) return {mean, deviation, at::zeros_like(x_t)};
    return {mean, deviation, deviation * normal_like(noise, Purpose::step, i, x_t)};
  }

  /// r, the root mean square length of the sampler's noise: sqrt(n) sigma_t where all pixels share sigma_t (Eq. 9).
  /// [B].
  [[nodiscard]] Tensor radius(const Tensor& deviation, std::int64_t i, const Tensor& x_t) const {
    const Tensor of_pixels = deviation.expand_as(x_t);
    if (as_published_)
      return of_pixels.flatten(1).select(1, 0) * std::sqrt(static_cast<double>(image_shape(x_t).elements()));
    return image_norm(of_pixels) * (i > 0 ? 1.0 : 0.0);
  }

  std::int64_t steps_;
  std::int64_t interval_;
  double rate_;
  bool ddim_;
  bool as_published_;
};

}  // namespace

MethodEntry dsg_entry() {
  return {
      .name = "dsg",
      .title = "Diffusion with spherical Gaussian constraint",
      .paper = "Yang et al. 2024, arXiv 2402.03201",
      .needs = {.gradient = true},
      .options =
          {steps_option(100),
           {"sampler", std::string("ddim"), "of the step before guidance; ddim has eta 1", -1, 1, {"ddim", "ddpm"}},
           {"interval", std::int64_t{1}, "guides the steps whose number, 0 the last, is a multiple of this", 1, 1000},
           {"rate", 0.1, "how far the noise turns towards descent: 0 not at all, 1 wholly", 0, 1},
           as_published_option("ddpm takes the sphere's radius from the first element's variance, and moves by "
                               "it at the last step too")},
      .cost =
          [](const OptionValues& options, double) {
            const std::int64_t steps = options.integer("steps");
            const std::int64_t interval = options.integer("interval");
            const std::int64_t guided = (steps + interval - 1) / interval;
            return Cost{static_cast<double>(steps), static_cast<double>(guided)};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Dsg>(options); },
      .follows_score = true,
      .without_noise = "",
      .tunable = {Tunable::log("rate", 0.01, 1),
                  Tunable::choice("interval", {std::int64_t{1}, std::int64_t{2}, std::int64_t{5}, std::int64_t{10}})},
  };
}

}  // namespace dpsbench
