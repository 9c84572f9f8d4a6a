// Tilted transport: Bruna & Han, Provable Posterior Sampling with Denoising Oracles via Tilted Transport, NeurIPS 2024.
// At noise sigma_T < sigma_y / max S the likelihood with the diffusion's noise taken out of the measurement's,
//     nu_T(u) ~ p_T(u) N(y; A u, sigma_y^2 I - sigma_T^2 A A^T),   u = x_T / sqrt(abar_T),
// is carried to the posterior by the reverse SDE of the *prior*, without any guidance and exactly. What remains is to
// sample nu_T, which is flatter than the posterior, by any means: here PiGDM down to sigma_T, then Langevin steps on
// nu_T, whose score is the prior's plus a closed form, preconditioned in the singular basis of A. Langevin steps are
// not corrected; their bias falls with langevin_lr. (The probability flow would not do: the identity needs the SDE.)
// The authors published no code for images; with a network the estimates of x_0 are clamped, as in DPS.
#include <cmath>

#include "core/ancestral.h"
#include "core/method_entry.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/pigdm_guidance.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class TiltedTransport final : public Method {
 public:
  explicit TiltedTransport(const OptionValues& options)
      : steps_(options.integer("steps")),
        moves_(options.integer("langevin_steps")),
        rate_(options.real("langevin_lr")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const std::int64_t entry = entry_step(schedule, problem);
    const bool clip = problem.prior.clips_denoised();
    const ImageShape shape = problem.shape();
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      if (i == entry) x = langevin(problem, x, schedule.level(i));
      const bool guided = i > entry;
      const NoiseLevel level = schedule.level(i);
      const Denoised at = denoise(problem.prior, x, level, clip, guided ? Gradient::wanted : Gradient::none);
      const Tensor x0 =
          guided ? at.x0 + pigdm_guidance(problem, at, level).gradient / std::sqrt(level.alpha_bar) : at.x0;
      x = ancestral_step(schedule, i, x0, x, at.variance_fraction, problem.noise);
      observer.on_step({steps_ - i, steps_, x, x0, {}});
    }
    return x;
  }

 private:
  /// The noisiest step at which every component of the measurement has noise to spare, or the last one.
  static std::int64_t entry_step(const NoiseSchedule& schedule, const Problem& problem) {
    constexpr double spare = 0.99;
    const double limit = spare * problem.sigma_y / problem.op.spectral()->singular_values().max().item<double>();
    std::int64_t i = schedule.steps() - 1;
    while (i > 0 && schedule.level(i).sigma() > limit) --i;
    return i;
  }

  /// Langevin steps on nu_T in u, each component of V^T u at a rate of its own: that of a flat prior at noise sigma_T.
  [[nodiscard]] Tensor langevin(const Problem& problem, const Tensor& x_t, const NoiseLevel& level) const {
    const Spectral& basis = *problem.op.spectral();
    const MeasuredComponents measured = measured_components(basis, problem.y, problem.sigma_y);
    const double of_t = level.sigma() * level.sigma();
    const double floor = 1e-3 * of_t;  // where even the last step is noisier than the measurement
    const Tensor variance = (measured.sigma.square() - of_t).clamp_min(floor);
    const Tensor scale = rate_ / (1 / of_t + 1 / variance);
    const double root = std::sqrt(level.alpha_bar);
    Tensor u = basis.v_transpose(x_t) / root;
    for (std::int64_t k = 0; k < moves_; ++k) {
      const Tensor of_prior = basis.v_transpose(problem.prior.score(basis.v(u) * root, level)) * root;
      const Tensor score = of_prior + (measured.value - u) / variance;
      const Tensor z = basis.v_transpose(normal_like(problem.noise, Purpose::inner, k, x_t));
      u = u + score * scale + z * (scale * 2).sqrt();
    }
    return basis.v(u) * root;
  }

  std::int64_t steps_;
  std::int64_t moves_;
  double rate_;
};

}  // namespace

MethodEntry tilted_transport_entry() {
  return {
      .name = "tilted-transport",
      .title = "Tilted transport: a guided start, then the prior's own reverse SDE",
      .paper = "Bruna & Han 2024, arXiv 2407.00745",
      .needs = {.gradient = true, .linear = true, .svd = true},
      .options = {steps_option(),
                  {"langevin_steps", std::int64_t{200}, "moves where the transport starts", 0, 100000},
                  {"langevin_lr", 0.1, "their step size, as a fraction of each component's variance there", 1e-6, 1}},
      .cost =
          [](const OptionValues& options, double sigma_y) {
            const NoiseSchedule schedule = NoiseSchedule::linear().respaced(options.integer("steps"));
            std::int64_t guided = 0;  // for an operator of norm 1
            for (std::int64_t i = 1; i < schedule.steps(); ++i) guided += schedule.level(i).sigma() > sigma_y ? 1 : 0;
            return Cost{static_cast<double>(options.integer("steps") + options.integer("langevin_steps")),
                        static_cast<double>(guided)};
          },
      .make = [](const OptionValues& options) { return std::make_unique<TiltedTransport>(options); },
      .follows_score = true,
      .without_noise = "its transport begins where the noise of a step is below that of the measurement",
      .tunable = {Tunable::log("langevin_lr", 0.001, 1)},
  };
}

}  // namespace dpsbench
