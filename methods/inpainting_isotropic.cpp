// Inpainting by Proposition 4.2 with the isotropic score in place of the score whose noise differs from pixel to pixel
// (the last remark of the paper's section 4.2): on measured pixels the score of Proposition 4.1 at x~ and t~, on hidden
// pixels the prior's own score at x_t. A network suffices, and no gradient passes through it; the price is measured
// against the closed form where there is one. Without noise (sigma_y 0) measurements count as rounded, sigma_y 1e-6.
#include <algorithm>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/reference_score.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class InpaintingIsotropic final : public Method {
 public:
  explicit InpaintingIsotropic(const OptionValues& options)
      : steps_(options.integer("steps")), reuse_below_(reuse_tolerance(options)) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    const Tensor hides = problem.op.measured();
    const Tensor mask = hides.defined() ? hides : at::ones_like(problem.y);  // denoising hides nothing
    ReferenceScore reference(problem.prior, schedule, problem.y, mask, std::max(problem.sigma_y, rounding_noise),
                             reuse_below_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Denoised at = denoise(problem.prior, x_t, level, clip, Gradient::none);
                          const Tensor score =
                              at::where(mask > 0, reference.posterior_score(x_t, level), at.score(level));  // Eq. 9
                          const Tensor x0 = tweedie(x_t, score, level, clip);
                          return {ancestral_step(schedule, i, x0, x_t, at.variance_fraction, problem.noise), x0, {}};
                        });
  }

 private:
  std::int64_t steps_;
  double reuse_below_;
};

}  // namespace

MethodEntry inpainting_isotropic_entry() {
  return {
      .name = "inpainting-isotropic",
      .title = "The exact inpainting score with the isotropic prior score",
      .paper =
          "Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of Diffusion Models, section 4.2",
      .needs = {.linear = true},
      .options = {steps_option(), reference_option(), reuse_option()},
      .cost =
          [](const OptionValues& options, double sigma_y) {
            const auto steps = options.integer("steps");
            return Cost{static_cast<double>(steps) + reference_evaluations(steps, sigma_y, reuse_tolerance(options)),
                        0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<InpaintingIsotropic>(options); },
      .only_tasks = {"denoising", "inpainting", "box_inpainting", "half_inpainting", "imputation"},
      .follows_score = true,
      .without_noise = "",
  };
}

}  // namespace dpsbench
