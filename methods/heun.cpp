// EDM's sampler: Karras et al., Elucidating the Design Space of Diffusion-Based Generative Models, NeurIPS 2022,
// Algorithm 2, on the variance-exploding view u = x_0 + sigma n of any prior: the probability flow by Heun's
// second-order steps from sigma_max to 0 on noises evenly spaced in sigma^(1/7); churn > 0 adds noise before each step.
// Blind to the measurement: the control for samplers that start from the same flow. Not clamped, as theirs is not. A
// prior is asked for no noise outside of what it was trained on: the ends are moved to its own.
#include <algorithm>
#include <cmath>

#include "core/method_entry.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"

namespace dpsbench {
namespace {

class Heun final : public Method {
 public:
  explicit Heun(const OptionValues& options)
      : steps_(options.integer("steps")),
        sigma_max_(options.real("sigma_max")),
        sigma_min_(options.real("sigma_min")),
        churn_(options.real("churn")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::vector<double> sigmas = noises(problem);
    const ImageShape shape = problem.shape();
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options()) *
        sigmas[0];
    for (std::int64_t k = 0; k < steps_; ++k) {
      const double sigma = sigmas[static_cast<std::size_t>(k)];
      const double next = sigmas[static_cast<std::size_t>(k) + 1];
      const double raised = sigma * (1 + std::min(churn_ / static_cast<double>(steps_), std::sqrt(2.0) - 1));
      if (raised > sigma)
        x = x + normal_like(problem.noise, Purpose::step, k, x) * std::sqrt(raised * raised - sigma * sigma);
      const Tensor x0 = denoised(problem, x, raised);
      const Tensor slope = (x - x0) / raised;
      const Tensor euler = x + slope * (next - raised);
      x = next == 0 ? euler : x + (slope + (euler - denoised(problem, euler, next)) / next) * ((next - raised) * 0.5);
      observer.on_step({k + 1, steps_, x, x0, {}});
    }
    return x;
  }

 private:
  static Tensor denoised(const Problem& problem, const Tensor& u, double sigma) {
    return denoise_exploding(problem.prior, u, problem.schedule.level_of_sigma(sigma));
  }

  /// Eq. 5 with rho = 7, then 0: [steps + 1].
  [[nodiscard]] std::vector<double> noises(const Problem& problem) const {
    const NoiseSchedule& trained = problem.schedule;
    const double first = std::min(sigma_max_, trained.level(trained.steps() - 1).sigma());
    const double last = std::min(first, std::max(sigma_min_, problem.prior.smallest_sigma()));
    std::vector<double> sigmas;
    for (std::int64_t k = 0; k < steps_; ++k)
      sigmas.push_back(
          annealed_sigma(steps_ == 1 ? 0.0 : static_cast<double>(k) / static_cast<double>(steps_ - 1), first, last));
    sigmas.push_back(0);
    return sigmas;
  }

  std::int64_t steps_;
  double sigma_max_;
  double sigma_min_;
  double churn_;
};

}  // namespace

MethodEntry heun_entry() {
  return {
      .name = "heun",
      .title = "Samples of the prior by EDM's second-order sampler, blind to the measurement (control)",
      .paper = "Karras et al. 2022, arXiv 2206.00364",
      .options = {{"steps", std::int64_t{18}, "noises from the first to the last, two evaluations each but the last", 1,
                   1000},
                  {"sigma_max", 80.0, "first noise, of images in [-1, 1]; at most the prior's largest", 0.01, 1000},
                  {"sigma_min", 0.002, "last noise before 0; at least the prior's smallest", 1e-4, 1000},
                  {"churn", 0.0, "S_churn: noise added before each step, spread over all; 0: deterministic", 0, 1000}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{2 * static_cast<double>(options.integer("steps")) - 1, 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Heun>(options); },
      .without_noise = "",
      .takes_noise_of_brightness = true,
  };
}

}  // namespace dpsbench
