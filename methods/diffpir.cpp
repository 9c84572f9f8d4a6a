// DiffPIR: Zhu et al., Denoising Diffusion Models for Plug-and-Play Image Restoration, CVPRW 2023, Algorithm 1: half
// quadratic splitting in which the prior's step is one denoising of x_t and the data's step a proximal point, then a
// DDIM-like step whose noise is part old (1 - zeta), part new (zeta). Works for any linear A through its Gram solve,
// where the authors' code solves by FFT with circular boundaries, or makes a few back-projections.
// rho_t = lambda sigma_n^2 / sigma_t^2 takes both noises in the same units. `as_published`: the code's sigma_n is in
// units of [0, 1] images and its sigma_t in those of [-1, 1], a rho 4 times smaller (a lambda tuned there is divided by
// 4 here); it starts from A^+ y noised, not from noise; and it returns the state before the last denoising.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/proximal.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// The authors' "quad" spacing, denser towards the image: T - 1 - int(sqrt(k T^2 / (steps - 1))), doublets dropped.
std::vector<std::int64_t> quadratic_steps(std::int64_t total, std::int64_t steps) {
  std::vector<std::int64_t> kept;
  for (std::int64_t k = 0; k < steps; ++k) {
    const double fraction = steps == 1 ? 0 : static_cast<double>(k) / static_cast<double>(steps - 1);
    const auto root = static_cast<std::int64_t>(std::sqrt(fraction) * static_cast<double>(total));
    const std::int64_t step = total - 1 - std::min(root, total - 1);
    if (kept.empty() || kept.back() != step) kept.push_back(step);
  }
  return kept;
}

class DiffPir final : public Method {
 public:
  explicit DiffPir(const OptionValues& options)
      : steps_(options.integer("steps")),
        lambda_(options.real("lambda")),
        zeta_(options.real("zeta")),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const bool clip = problem.prior.clips_denoised();
    const std::vector<std::int64_t> kept = quadratic_steps(problem.schedule.steps(), steps_);
    const auto total = static_cast<std::int64_t>(kept.size());
    Tensor x_t = start(problem, problem.schedule.level(kept[0]));
    for (std::int64_t k = 0; k < total; ++k) {
      const NoiseLevel level = problem.schedule.level(kept[static_cast<std::size_t>(k)]);
      const Tensor x0 = denoise(problem.prior, x_t, level, clip, Gradient::none).x0;
      const double rho = lambda_ * std::pow(sigma_n(problem) / level.sigma(), 2);
      const Tensor x0_y = proximal_point(problem.op, problem.y, x0, rho);  // Eq. 13
      if (k + 1 < total) {
        const NoiseLevel next = problem.schedule.level(kept[static_cast<std::size_t>(k) + 1]);
        const Tensor eps = implied_noise(x_t, x0_y, level);  // Eq. 14
        const Tensor z = normal_like(problem.noise, Purpose::step, k, x_t);
        const Tensor noise = eps * std::sqrt(1 - zeta_) + z * std::sqrt(zeta_);  // Eq. 15
        x_t = x0_y * std::sqrt(next.alpha_bar) + noise * std::sqrt(1 - next.alpha_bar);
      } else if (!as_published_) {
        x_t = x0_y;
      }
      observer.on_step({k + 1, total, x_t, x0_y, {}});
    }
    return x_t;
  }

 private:
  [[nodiscard]] double sigma_n(const Problem& problem) const {
    constexpr double least = 0.001;  // the authors' floor
    return std::max(as_published_ ? problem.sigma_y / 2 : problem.sigma_y, least);
  }

  [[nodiscard]] Tensor start(const Problem& problem, const NoiseLevel& level) const {
    const ImageShape shape = problem.shape();
    const Tensor z =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    if (!as_published_) return z;
    return problem.op.pseudo_inverse(problem.y) * std::sqrt(level.alpha_bar) + z * std::sqrt(1 - level.alpha_bar);
  }

  std::int64_t steps_;
  double lambda_;
  double zeta_;
  bool as_published_;
};

}  // namespace

MethodEntry diffpir_entry() {
  return {
      .name = "diffpir",
      .title = "Denoising diffusion models for plug-and-play image restoration",
      .paper = "Zhu et al. 2023, arXiv 2305.08995",
      .needs = {.linear = true},
      .options = {steps_option(100),
                  {"lambda", 1.75, "weight of the prior's estimate in the proximal step, above 0", 1e-12},
                  {"zeta", 0.3, "share of new noise in each step's", 0, 1},
                  as_published_option(
                      "sigma_n in units of [0, 1] images, a start from A^+ y, the last denoising unused; the "
                      "proximal point stays exact, where theirs is circular or a back-projection")},
      .cost =
          [](const OptionValues& options, double) {
            const std::int64_t training_steps = 1000;
            return Cost{static_cast<double>(quadratic_steps(training_steps, options.integer("steps")).size()), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<DiffPir>(options); },
      .without_noise = "",
      .tunable = {Tunable::log("lambda", 0.05, 100), Tunable::linear("zeta", 0, 1)},
  };
}

}  // namespace dpsbench
