// MCG: Chung et al., Improving Diffusion Models for Inverse Problems using Manifold Constraints, NeurIPS 2022,
// Algorithm 1. A DPS step, then a projection onto the images that agree with the measurement noised to the new level:
// x + A^+ (y_{t-1} - A x). The projection takes y as free of noise. The x0hat of a network is clamped, as in DPS's
// code. `as_published` (the DPS authors' code of MCG): the measurement is noised to the level that the step left, not
// the one it reached, with noise of its own rather than A z; and the projection takes U, their "transpose", for A^+ and
// A^T: pixels repeated in super resolution, x - U A x + U y_t, and nothing at all where y has the image's size, where x
// and y_t are exchanged besides, (I - U A) y_t - A x: with a mask that throws away what is hidden and negates what is
// seen. U is what the operator shows as the measurement's picture; for tasks that they do not have it is A^+.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/residual_norm.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Mcg final : public Method {
 public:
  explicit Mcg(const OptionValues& options)
      : steps_(options.integer("steps")), scale_(options.real("scale")), as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::wanted);
                          const Tensor x_prime =
                              ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise);
                          const ResidualNorm norm = residual_norm(problem, at.x0);
                          const Tensor x = x_prime - at.pull_back({norm.gradient})[0] * scale_;
                          return {project(problem, schedule, i, x), at.x0, scale_ / (2 * norm.length)};
                        });
  }

 private:
  [[nodiscard]] Tensor project(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                               const Tensor& x) const {
    const Operator& op = problem.op;
    if (as_published_) {
      const double abar = schedule.alpha_bar(i);
      const Tensor z = normal_like(problem.noise, Purpose::inner, i, problem.y);
      const Tensor y_t = problem.y * std::sqrt(abar) + z * std::sqrt(1 - abar);
      if (y_t.sizes() == x.sizes()) return y_t - op.forward(y_t) - op.forward(x);
      return x - op.picture(op.forward(x)) + op.picture(y_t);
    }
    const double abar = schedule.alpha_bar_previous(i);
    const Tensor z = normal_like(problem.noise, Purpose::inner, i, x);
    const Tensor y_next = problem.y * std::sqrt(abar) + op.forward(z) * std::sqrt(1 - abar);
    return x + op.pseudo_inverse(y_next - op.forward(x));
  }

  std::int64_t steps_;
  double scale_;
  bool as_published_;
};

}  // namespace

MethodEntry mcg_entry() {
  return {
      .name = "mcg",
      .title = "Manifold constrained gradient",
      .paper = "Chung et al. 2022, arXiv 2206.00941",
      .needs = {.gradient = true, .linear = true},
      .options = {steps_option(),
                  {"scale", 1.0, "factor on the gradient of ||y - A x0hat||", 0},
                  as_published_option(
                      "the measurement noised to the wrong level, a projection by repeated pixels (super "
                      "resolution) or with image and measurement exchanged (measurements of the image's "
                      "size)")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Mcg>(options); },
      .follows_score = true,
      .without_noise = "",
      .tunable = {Tunable::log("scale", 0.05, 20)},
  };
}

}  // namespace dpsbench
