// DPnP: Xu & Chi, Provably Robust Score-Based Diffusion Posterior Sampling for Plug-and-Play Image Reconstruction,
// NeurIPS 2024, with the stochastic (DDPM) denoising sampler. The same two-block chain as PnP-DM: z near the data,
// drawn exactly for linear A, then x given z by running the DDPM down from noise eta; eta stays at eta_start for a
// fifth of the iterations, then falls geometrically to eta_end. No authors' code; `as_published` is that of the
// Levy-process benchmark (arXiv 2509.12821): it enters the DDPM at the largest noise of the grid below eta without an
// own step for the difference, uses the larger of the two usual variances, and stops at the grid's smallest noise.
#include <cmath>

#include "core/method_entry.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/proximal.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

double coupling(const OptionValues& options, std::int64_t k) {
  const std::int64_t steps = options.integer("steps");
  const std::int64_t held = steps / 5;
  const double start = options.real("eta_start");
  if (k < held) return start;
  return start *
         std::pow(options.real("eta_end") / start, static_cast<double>(k - held) / static_cast<double>(steps - held));
}

/// The largest j whose noise is at most eta; -1 if there is none.
std::int64_t entry_step(const NoiseSchedule& schedule, double eta) {
  std::int64_t j = schedule.steps() - 1;
  while (j >= 0 && schedule.level(j).sigma() > eta) --j;
  return j;
}

class Dpnp final : public Method {
 public:
  explicit Dpnp(const OptionValues& options) : options_(options), as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::int64_t iterations = options_.integer("steps");
    const ImageShape shape = problem.shape();
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options()) *
        (std::sqrt(options_.real("eta_start")) / 2);
    for (std::int64_t k = 0; k < iterations; ++k) {
      const double eta = coupling(options_, k);
      const Tensor z = draw_near(problem, x, eta, k);  // proximal consistency sampler
      x = prior_step(problem, z, eta, k * (problem.schedule.steps() + 1));
      observer.on_step({k + 1, iterations, x, z, {}});
    }
    return x;
  }

 private:
  /// x ~ p(x_0 | x_0 + eta n = z), by ancestral steps in the variance-exploding view.
  [[nodiscard]] Tensor prior_step(const Problem& problem, const Tensor& z, double eta, std::int64_t first_draw) const {
    const NoiseSchedule& schedule = problem.schedule;
    std::int64_t j = entry_step(schedule, eta);
    NoiseLevel level = as_published_ && j >= 0 ? schedule.level(j) : schedule.level_of_sigma(eta);
    if (as_published_) --j;
    Tensor x = z;
    for (; j >= 0; --j) {
      const NoiseLevel next = schedule.level(j);
      const Tensor x0 = denoise_exploding(problem.prior, x, level);
      const double kept = std::pow(next.sigma() / level.sigma(), 2);
      const double large = std::pow(level.sigma(), 2) - std::pow(next.sigma(), 2);
      const double deviation =
          as_published_ ? (j > 0 ? std::sqrt(large) : 0.0) : std::sqrt(std::max(0.0, kept * large));
      x = x * kept + x0 * (1 - kept) + normal_like(problem.noise, Purpose::step, first_draw + j, x) * deviation;
      level = next;
    }
    return as_published_ ? x : denoise_exploding(problem.prior, x, level);
  }

  OptionValues options_;
  bool as_published_;
};

Cost dpnp_cost(const OptionValues& options) {
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const int own = options.flag("as_published") ? 0 : 2;  // the step from eta to the grid, and that to the image
  Cost cost;
  for (std::int64_t k = 0; k < options.integer("steps"); ++k)
    cost.forward += static_cast<double>(std::max<std::int64_t>(entry_step(schedule, coupling(options, k)), 0) + own);
  return cost;
}

}  // namespace

MethodEntry dpnp_entry() {
  return {
      .name = "dpnp",
      .title = "Diffusion plug-and-play: provably robust posterior sampling",
      .paper = "Xu & Chi 2024, arXiv 2403.17042",
      .needs = {.linear = true},
      .options = {{"steps", std::int64_t{40}, "iterations of the two-block chain", 1, 1000},
                  {"eta_start", 1.0, "coupling of x and z in the first fifth, as a noise of [-1, 1] images", 0.02, 150},
                  {"eta_end", 0.1, "where the coupling falls to", 0.02, 150},
                  as_published_option(
                      "the Levy-process benchmark's: z counts as less noisy than eta, the larger of the "
                      "DDPM variances, no last denoising")},
      .cost = [](const OptionValues& options, double) { return dpnp_cost(options); },
      .make = [](const OptionValues& options) { return std::make_unique<Dpnp>(options); },
      .without_noise = "it draws from a likelihood, which without noise has no density",
      .tunable = {Tunable::log("eta_start", 0.2, 20), Tunable::log("eta_end", 0.02, 0.5)},
  };
}

}  // namespace dpsbench
