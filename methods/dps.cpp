// DPS: Chung et al., Diffusion Posterior Sampling for General Noisy Inverse Problems, ICLR 2023, Algorithm 1.
// The step is written on the unsquared norm, as the authors' code does: x_{t-1} = x'_{t-1} - scale grad ||y - A
// x0hat||. The paper's zeta' / ||r|| on grad ||r||^2 is the same with scale = 2 zeta'. Norms are per image: the
// authors' code, which takes one norm of the whole batch, agrees at batch size 1.
// Counts of photons (Poisson noise): the norm weighs each residual by one over its count, Algorithm 1's step for such
// noise. The authors' code weighs by the mean of 1 / |y| with y in [-1, 1], which grey makes infinite; not taken over.
// Speckle: by one over the square of the brightness measured, the same step for its variance; the paper has none.
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
          const Tensor weighted = problem.noise_kind == NoiseKind::gaussian ? residual : residual * weights(problem);
          const Tensor length = image_dot(residual, weighted).sqrt().clamp_min(smallest_length);
          Tensor gradient = at.pull_back({problem.op.vjp(at.x0, weighted / per_image(length, weighted))})[0];
          if (state_share_ < 1) gradient = StateProjection(x_t, state_share_).of(gradient);
          // zeta_t on s_DPS = -grad ||r||^2 (Eq. 13), to compare with DPS-w's omega_t
          return {x_prime - gradient * scale_, at.x0, scale_ / (2 * length)};
        });
  }

 private:
  /// Lambda of the paper's step for Poisson noise, ||y - A x0hat||_Lambda: one over the variance of each measurement,
  /// here in units of that of white. A count of none stands for one.
  static Tensor weights(const Problem& problem) {
    return 1 / relative_variance(problem.y, problem.sigma_y, problem.noise_kind);
  }

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
      .options = {steps_option(),
                  {"scale", 0.5, "factor on the gradient of ||y - A x0hat||; the paper's zeta' is half of it", 0},
                  state_share_option()},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Dps>(options); },
      .follows_score = true,
      .without_noise = "",
      .takes_noise_of_brightness = true,
      .tunable = {Tunable::log("scale", 0.1, 20)},
  };
}

}  // namespace dpsbench
