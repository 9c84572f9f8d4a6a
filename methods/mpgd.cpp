// MPGD: He et al., Manifold Preserving Guided Diffusion, ICLR 2024, Algorithm 2 without the autoencoder. The data's
// gradient is taken with respect to x0hat, not x_t: no pass back through the network. Since the guided x0hat enters the
// next state times sqrt(abar_{t-1}), dividing the step by that makes every state move by `scale` A^T r / ||r||,
// whatever the noise level. The x0hat of a network is clamped before the guidance and not after it, as in the authors'
// code. Norms are per image (the authors': of the whole batch). The steps are those of the authors' "ddimN" respacing:
// 0, 10, ..., 990 for 100.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/residual_norm.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

class Mpgd final : public Method {
 public:
  explicit Mpgd(const OptionValues& options)
      : steps_(options.integer("steps")), eta_(options.real("eta")), scale_(options.real("scale")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::none);
                          const ResidualNorm norm = residual_norm(problem, at.x0);
                          const double rho = scale_ / std::sqrt(schedule.alpha_bar_previous(i));
                          const Tensor x0 = at.x0 - norm.gradient * rho;
                          // the noise is that which the unguided x0hat implies, so only the x0 term moves
                          const Tensor x =
                              ddim_step(schedule, i, at.x0, x_t, eta_, problem.noise) - norm.gradient * scale_;
                          return {x, x0, scale_ / (2 * norm.length)};
                        });
  }

 private:
  std::int64_t steps_;
  double eta_;
  double scale_;
};

}  // namespace

MethodEntry mpgd_entry() {
  return {
      .name = "mpgd",
      .title = "Manifold preserving guided diffusion, pixel space",
      .paper = "He et al. 2024, arXiv 2311.16424",
      .needs = {},
      .options = {steps_option(100),
                  eta_option(0.5),
                  {"scale", 4.0, "how far a state moves along A^T r / ||r|| in each step", 0}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Mpgd>(options); },
      .without_noise = "",
      .tunable = {Tunable::log("scale", 0.1, 40), Tunable::linear("eta", 0, 1)},
  };
}

}  // namespace dpsbench
