// PiGDM: Song et al., Pseudoinverse-Guided Diffusion Models for Inverse Problems, ICLR 2023, Algorithm 1 in its noisy
// form (Eq. 7), for any linear A through its Gram solve. An unguided DDIM step from t to s, and the guidance g, r_t^2
// times a likelihood score, times sqrt(abar_s abar_t), as Algorithm 1 and the authors' code (in RED-diff) have it. That
// is no score's weight: it is another at every noise level, and grows with the number of steps. `gain: score` lets g
// enter as a score does, through Tweedie's formula, x0' = x0 + g / sqrt(abar_t): exact for the prior N(0, I). With a
// network x0 is clamped before it is compared with y, as in DPS; the authors' code does not. `as_published` is the
// authors' code for whatever sigma_y: steps at an integer stride from 0; the solve without noise, A^+ y
// - A^+ A x0; x0 not clamped; and where pixels are measured one by one, x0 is y there before the step and g is 0 there.
// Their start, A^+ y noised, is `start: measurement`.
#include <cmath>

#include "core/ancestral.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/pigdm_guidance.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

class Pigdm final : public Method {
 public:
  explicit Pigdm(const OptionValues& options)
      : steps_(options.integer("steps")),
        eta_(options.real("eta")),
        weight_(options.real("weight")),
        of_score_(options.word("gain") == "score"),
        from_measurement_(options.word("start") == "measurement"),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule =
        as_published_ ? strided_schedule(problem.schedule, steps_) : problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised() && !as_published_;
    const auto step = [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
      const NoiseLevel level = schedule.level(i);
      const Denoised at = denoise(problem.prior, x_t, level, clip, Gradient::wanted);
      const double gain = weight_ * (of_score_ ? gain_of(schedule, i) : published_gain(schedule, i));
      if (as_published_) return published_step(problem, schedule, i, at, gain);
      const PigdmGuidance guidance = pigdm_guidance(problem, at, level);
      const Tensor unguided = ddim_step(schedule, i, at.x0, x_t, eta_, problem.noise);
      // s_DPS = -grad ||r||^2 is 2 J^T A^T r: to compare with DPS's zeta_t (Figure 8)
      return {unguided + guidance.gradient * gain, at.x0, guidance.strength * (gain / 2)};
    };
    return reverse_loop(schedule, start(problem, schedule), observer, step);
  }

 private:
  [[nodiscard]] Tensor start(const Problem& problem, const NoiseSchedule& schedule) const {
    const ImageShape shape = problem.shape();
    const Tensor z =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    if (!from_measurement_) return z;
    const double abar = schedule.alpha_bar(schedule.steps() - 1);
    return problem.op.pseudo_inverse(problem.y) * std::sqrt(abar) + z * std::sqrt(1 - abar);
  }

  /// The noise of the step stays the network's own where x0 is overwritten.
  [[nodiscard]] ReverseStep published_step(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                           const Denoised& at, double gain) const {
    const Operator& op = problem.op;
    const Tensor direction = op.pseudo_inverse(problem.y) - op.pseudo_inverse(op.forward(at.x0));
    Tensor gradient = at.pull_back({direction})[0];
    Tensor x0 = at.x0;
    if (const Tensor seen = op.measured(); seen.defined()) {
      x0 = at::where(seen > 0, problem.y, x0);
      gradient = gradient * (1 - seen);
    }
    const double next = schedule.alpha_bar_previous(i);
    const double deviation = ddim_deviation(schedule, i, eta_);
    const Tensor z = normal_like(problem.noise, Purpose::step, i, x0);
    const Tensor x = x0 * std::sqrt(next) + at.eps * std::sqrt(std::max(0.0, 1 - next - deviation * deviation)) +
                     z * deviation + gradient * gain;
    return {x, x0, {}};
  }

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
  bool of_score_;
  bool from_measurement_;
  bool as_published_;
};

}  // namespace

MethodEntry pigdm_entry() {
  return {
      .name = "pigdm",
      .title = "Pseudoinverse-guided diffusion, noisy form",
      .paper = "Song et al. 2023, openreview 9_gsMA8MRKQ",
      .needs = {.gradient = true, .linear = true},
      .options =
          {steps_option(100),
           eta_option(1),
           {"weight", 1.0, "factor on the guidance", 0},
           {"gain",
            std::string("algorithm"),
            "of the guidance: algorithm, sqrt(alpha_bar_s alpha_bar_t); or score, as a likelihood's score enters "
            "the step, exact for the prior N(0, I)",
            -1,
            1,
            {"algorithm", "score"}},
           {"start",
            std::string("noise"),
            "noise, or the pseudo-inverse of the measurement noised, as the authors' code",
            -1,
            1,
            {"noise", "measurement"}},
           as_published_option("a solve without noise, x0 not clamped, steps at an integer stride, measured pixels "
                               "overwritten by y at every step")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Pigdm>(options); },
      .follows_score = true,
      .without_noise = "its Gram solve, (A A^T + sigma_y^2 / r_t^2 I)^-1, has no inverse where A has a null space",
      .tunable = {Tunable::log("weight", 0.2, 10), Tunable::linear("eta", 0, 1)},
  };
}

}  // namespace dpsbench
