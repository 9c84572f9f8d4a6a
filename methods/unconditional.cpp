// Samples of the prior itself, blind to the measurement: the control that every posterior sampler must beat. DDPM
// (Ho et al. 2020, Algorithm 2) or DDIM (Song et al. 2021, Eq. 12).
#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Unconditional final : public Method {
 public:
  explicit Unconditional(const OptionValues& options)
      : steps_(options.integer("steps")), ddim_(options.word("sampler") == "ddim"), eta_(options.real("eta")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    return reverse_loop(
        schedule, problem.shape(), problem.options(), problem.noise, observer,
        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::none);
          if (ddim_) return {ddim_step(schedule, i, at.x0, x_t, eta_, problem.noise), at.x0, {}};
          return {ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise), at.x0, {}};
        });
  }

 private:
  std::int64_t steps_;
  bool ddim_;
  double eta_;
};

}  // namespace

MethodEntry unconditional_entry() {
  return {
      .name = "unconditional",
      .title = "Samples of the prior, blind to the measurement (control)",
      .paper = "Ho et al. 2020, arXiv 2006.11239",
      .options = {steps_option(),
                  {"sampler", std::string("ddpm"), "of the reverse step", -1, 1, {"ddpm", "ddim"}},
                  eta_option(1)},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Unconditional>(options); },
      .follows_score = true,
      .without_noise = "",
      .takes_noise_of_brightness = true,
  };
}

}  // namespace dpsbench
