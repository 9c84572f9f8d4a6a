// PiGDM: Song et al., Pseudoinverse-Guided Diffusion Models for Inverse Problems, ICLR 2023, Algorithm 1 in its noisy
// form (Eq. 7), for any linear A through its Gram solve.
// The guidance g is r_t^2 times a likelihood score. A score enters the DDIM step through Tweedie's formula, which makes
// x0' = x0 + g / sqrt(abar_t): exact for the prior N(0, I). `as_published` is what the paper's authors do (their code
// in RED-diff, InverseBench's in other units): sqrt(abar_s abar_t) g added to an unguided step from t to s, which has
// another weight at every noise level and grows with the number of steps.
// With a network x0 is clamped before it is compared with y, as in DPS; the authors' code does not, nor does
// `as_published`. Not taken over: a start from the noised pseudo-inverse.
#include <cmath>

#include "core/ancestral.h"
#include "core/method_entry.h"
#include "methods/parts/pigdm_guidance.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Pigdm final : public Method {
 public:
  explicit Pigdm(const OptionValues& options)
      : steps_(options.integer("steps")),
        eta_(options.real("eta")),
        weight_(options.real("weight")),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised() && !as_published_;
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Denoised at = denoise(problem.prior, x_t, level, clip, Gradient::wanted);
                          const PigdmGuidance guidance = pigdm_guidance(problem, at, level);
                          const Tensor unguided = ddim_step(schedule, i, at.x0, x_t, eta_, problem.noise);
                          const double gain =
                              weight_ * (as_published_ ? published_gain(schedule, i) : gain_of(schedule, i));
                          // s_DPS = -grad ||r||^2 is 2 J^T A^T r: to compare with DPS's zeta_t (Figure 8)
                          return {unguided + guidance.gradient * gain, at.x0, guidance.strength * (gain / 2)};
                        });
  }

 private:
  /// d (DDIM step) / d x0 over sqrt(abar_t): how far the step moves for a unit of g.
  [[nodiscard]] double gain_of(const NoiseSchedule& schedule, std::int64_t i) const {
    const double now = schedule.alpha_bar(i);
    const double next = schedule.alpha_bar_previous(i);
    const double deviation = ddim_deviation(schedule, i, eta_);
    const double of_noise = std::sqrt(std::max(0.0, 1 - next - deviation * deviation));
    return std::sqrt(next / now) - of_noise / std::sqrt(1 - now);
  }

  static double published_gain(const NoiseSchedule& schedule, std::int64_t i) {
    return std::sqrt(schedule.alpha_bar_previous(i) * schedule.alpha_bar(i));
  }

  std::int64_t steps_;
  double eta_;
  double weight_;
  bool as_published_;
};

}  // namespace

MethodEntry pigdm_entry() {
  return {
      .name = "pigdm",
      .title = "Pseudoinverse-guided diffusion, noisy form",
      .paper = "Song et al. 2023, openreview 9_gsMA8MRKQ",
      .needs = {.gradient = true, .linear = true},
      .options = {steps_option(100),
                  eta_option(1),
                  {"weight", 1.0, "factor on the guidance", 0},
                  as_published_option(
                      "the guidance enters times sqrt(alpha_bar_s alpha_bar_t), not as a score would; x0 is "
                      "not clamped")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Pigdm>(options); },
      .follows_score = true,
      .tunable = {Tunable::log("weight", 0.2, 10), Tunable::linear("eta", 0, 1)},
  };
}

}  // namespace dpsbench
