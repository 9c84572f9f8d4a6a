// DPS-w: DPS whose step size is fitted at every step, image by image, to the exact posterior score of a reference
// denoising task (paper section 4.3, Appendix B.3, Algorithm 1). No step size is tuned; super resolution alone has a
// cap lambda, fitted once a data set (`dpsbench calibrate`).
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/error.h"
#include "core/method_entry.h"
#include "methods/parts/reference_score.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class DpsW final : public Method {
 public:
  explicit DpsW(const OptionValues& options)
      : steps_(options.integer("steps")),
        reuse_below_(reuse_tolerance(options)),
        enhanced_(options.flag("enhanced")),
        lambda_(options.real("lambda")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    const std::optional<DenoisingReference> reference = problem.op.denoising_reference(problem.y);
    if (!reference) throw Error("dps-w: the task has no reference denoising task");
    // x~ takes the measurement on every pixel, hidden ones included (Proposition 4.1 to the letter): the prior is asked
    // at t~ <= t(sigma_y), and x_t stands far above that noise on hidden pixels for most of the way
    ReferenceScores exact(problem.prior, schedule, *reference, problem.sigma_y, reuse_below_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Denoised at = denoise(problem.prior, x_t, level, clip, Gradient::wanted);
                          const Tensor x_prime =
                              ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise);
                          const auto [s_dps, s_dps_reference] = dps_scores(problem, *reference, at);
                          const Tensor s_likelihood = exact.posterior_score(x_t, level) - at.score(level);  // Eq. 12
                          const Tensor weight = fitted_weight(*reference, s_likelihood, s_dps_reference);
                          const Tensor omega = step_size(*reference, schedule, i, weight);
                          return {x_prime + per_image(omega, s_dps) * s_dps, at.x0, omega};
                        });
  }

 private:
  /// Eq. 13 for the task and for its reference, from one pass back through the network.
  static std::pair<Tensor, Tensor> dps_scores(const Problem& problem, const DenoisingReference& reference,
                                              const Denoised& at) {
    const Tensor of_task = problem.op.vjp(at.x0, problem.op.forward(at.x0) - problem.y) * -2;
    if (reference.own_gradient) {
      const Tensor s_dps = at.pull_back({of_task})[0];
      return {s_dps, s_dps};
    }
    const std::vector<Tensor> scores = at.pull_back({of_task, (at.x0 - reference.image) * -2});
    return {scores[0], scores[1]};
  }

  /// w_t = <s_lik, s_DPS> / <s_DPS, s_DPS> over the reference's pixels (Eqs. 14, 40, 42): [B].
  static Tensor fitted_weight(const DenoisingReference& reference, const Tensor& s_likelihood, const Tensor& s_dps) {
    const Tensor s = reference.mask.defined() ? s_dps * reference.mask : s_dps;
    const Tensor length = image_dot(s, s);
    return at::where(length > 0, image_dot(s_likelihood, s) / length, at::zeros_like(length));
  }

  /// omega_t: a score enters a reverse step times beta_t / sqrt(alpha_t), so that omega replaces zeta_t of DPS.
  [[nodiscard]] Tensor step_size(const DenoisingReference& reference, const NoiseSchedule& schedule, std::int64_t i,
                                 const Tensor& weight) const {
    Tensor omega = weight * (reference.strength * schedule.beta(i) / std::sqrt(schedule.alpha(i)));
    if (reference.noise.defined())  // a residual of the reference is worth 1 / noise of the measurement's
      omega = omega * reference.noise.square().to(omega.options());
    if (enhanced_ && reference.mask.defined())  // N / N_unmasked (Appendix D.2)
      omega = omega / reference.mask.flatten(1).mean(1);
    if (reference.capped)
      omega = omega.clamp_max(lambda_ * 1000.0 / static_cast<double>(schedule.whole_steps()));  // Eq. 41
    return omega;
  }

  std::int64_t steps_;
  double reuse_below_;
  bool enhanced_;
  double lambda_;
};

}  // namespace

MethodEntry dps_w_entry() {
  return {
      .name = "dps-w",
      .title = "DPS with step sizes fitted to the exact denoising score",
      .paper = "Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of Diffusion Models, Alg. 1",
      .needs = {.gradient = true, .denoising_reference = true},
      .options = {steps_option(),
                  reference_option(),
                  reuse_option(),
                  {"enhanced", false, "inpainting: step size times pixels over unmasked pixels (Table 7)"},
                  {"lambda", 0.3, "super resolution: cap on the step size at 1000 steps; times 1000 / steps", 0}},
      .cost =
          [](const OptionValues& options, double sigma_y) {
            const auto steps = options.integer("steps");
            return Cost{static_cast<double>(steps) + reference_evaluations(steps, sigma_y, reuse_tolerance(options)),
                        static_cast<double>(steps)};
          },
      .make = [](const OptionValues& options) { return std::make_unique<DpsW>(options); },
      .follows_score = true,
      .without_noise = "the score of its reference is divided by sigma_y^2",
      .tunable = {Tunable::log("lambda", 0.02, 2)},
  };
}

}  // namespace dpsbench
