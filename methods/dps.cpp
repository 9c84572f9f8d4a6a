// DPS: Chung et al., Diffusion Posterior Sampling for General Noisy Inverse Problems, ICLR 2023, Algorithm 1.
// The step is written on the unsquared norm, as the authors' code does: x_{t-1} = x'_{t-1} - scale grad ||y - A
// x0hat||. The paper's zeta' / ||r|| on grad ||r||^2 is the same with scale = 2 zeta'. Norms are per image: the
// authors' code, which takes one norm of the whole batch, agrees at batch size 1.
#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Dps final : public Method {
 public:
  explicit Dps(const OptionValues& options) : steps_(options.integer("steps")), scale_(options.real("scale")) {}

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
          const Tensor gradient = at.pull_back({problem.op.vjp(at.x0, residual / per_image(length, residual))})[0];
          // zeta_t on s_DPS = -grad ||r||^2 (Eq. 13), to compare with DPS-w's omega_t
          return {x_prime - gradient * scale_, at.x0, scale_ / (2 * length)};
        });
  }

 private:
  static constexpr double smallest_length = 1e-12;  // r = 0 has no direction: its gradient is 0
  std::int64_t steps_;
  double scale_;
};

}  // namespace

MethodEntry dps_entry() {
  return {
      .name = "dps",
      .title = "Diffusion posterior sampling",
      .paper = "Chung et al. 2023, arXiv 2209.14687",
      .needs = {.gradient = true},
      .options = {steps_option(),
                  {"scale", 0.5, "factor on the gradient of ||y - A x0hat||; the paper's zeta' is half of it", 0}},
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
