// DPS: Chung et al., Diffusion Posterior Sampling for General Noisy Inverse Problems, ICLR 2023, Algorithm 1.
// The step is written on the unsquared norm, as the authors' code does: x_{t-1} = x'_{t-1} - scale grad ||y - A
// x0hat||. The paper's zeta' / ||r|| on grad ||r||^2 is the same with scale = 2 zeta'. Norms are per image: the
// authors' code, which takes one norm of the whole batch, agrees at batch size 1.
// `state_share` below 1: DiffStateGrad (Zirvi et al., Diffusion State-Guided Projected Gradient for Inverse Problems,
// ICLR 2025, Algorithm 1), the gradient kept to the leading singular directions of x_t. Its authors' helper counts the
// rank over the singular values of all channels in a row, which keeps two thirds of the directions at least; that is
// not taken over.
#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/state_projection.h"

namespace dpsbench {
namespace {

class Dps final : public Method {
 public:
  explicit Dps(const OptionValues& options)
      : steps_(options.integer("steps")), scale_(options.real("scale")), state_share_(options.real("state_share")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(
        schedule, problem.shape(), problem.options(), problem.noise, observer,
        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::wanted);
          const Tensor x_prime = ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise);
          const Tensor residual = problem.op.forward(at.x0) - problem.y;
          const Tensor length = image_norm(residual).clamp_min(smallest_length);
          Tensor gradient = at.pull_back({problem.op.vjp(at.x0, residual / per_image(length, residual))})[0];
          if (state_share_ < 1) gradient = kept_to_state(gradient, x_t, state_share_);
          // zeta_t on s_DPS = -grad ||r||^2 (Eq. 13), to compare with DPS-w's omega_t
          return {x_prime - gradient * scale_, at.x0, scale_ / (2 * length)};
        });
  }

 private:
  static constexpr double smallest_length = 1e-12;  // r = 0 has no direction: its gradient is 0
  std::int64_t steps_;
  double scale_;
  double state_share_;
};

}  // namespace

MethodEntry dps_entry() {
  return {
      .name = "dps",
      .title = "Diffusion posterior sampling",
      .paper = "Chung et al. 2023, arXiv 2209.14687",
      .needs = {.gradient = true},
      .options =
          {steps_option(),
           {"scale", 0.5, "factor on the gradient of ||y - A x0hat||; the paper's zeta' is half of it", 0},
           {"state_share", 1.0,
            "below 1: DiffStateGrad, the gradient kept to the singular directions of x_t that hold this share of "
            "its squares (0.99 in its paper)",
            0.01, 1}},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Dps>(options); },
      .follows_score = true,
      .without_noise = "",
      .tunable = {Tunable::log("scale", 0.1, 20)},
  };
}

}  // namespace dpsbench
