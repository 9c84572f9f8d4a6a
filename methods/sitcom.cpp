// SITCOM: Alkhouri, Liang et al., SITCOM: Step-wise Triple-Consistent Diffusion Sampling for Inverse Problems, ICML
// 2025, Algorithm 1. At each of few levels the input v of the network, started at x_t, is moved by Adam until Tweedie's
// estimate x0(v) explains the measurement; x0(v) is then noised to the next level anew. Gradients pass through the
// network. The paper's backward consistency is lambda ||v - x_t||^2; the authors' code has none, lambda = 0. A level
// ends early for an image once ||A x0 - y||^2 < (sigma_y + 0.001)^2 m, m the number of measured entries, each image by
// itself. `as_published`: m counts all entries of y, hidden ones too; and `select: oracle` is allowed: of all levels'
// x0 the one nearest to the original, which is what the authors' code saves and prints. Left out: the extra step of
// descent on x0 that their code has for inpainting since April 2026.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/adam.h"
#include "methods/parts/discrepancy.h"
#include "methods/parts/nearest_to_original.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/oracle_option.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

class Sitcom final : public Method {
 public:
  explicit Sitcom(const OptionValues& options) : options_(options), steps_(options.integer("steps")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    const ImageShape shape = problem.shape();
    std::optional<NearestToOriginal> oracle;
    if (options_.word("select") == "oracle") oracle.emplace(problem);
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      const Tensor x0 = consistent(problem, x, schedule.level(i));
      const Tensor chosen = oracle ? oracle->nearest(x0) : x0;
      const double abar = schedule.alpha_bar_previous(i);
      x = i == 0 ? chosen
                 : x0 * std::sqrt(abar) + normal_like(problem.noise, Purpose::step, i, x) * std::sqrt(1 - abar);
      observer.on_step({steps_ - i, steps_, x, x0, {}});
    }
    return x;
  }

 private:
  /// x0(v) of the last v that was tried, from v = x_t.
  [[nodiscard]] Tensor consistent(const Problem& problem, const Tensor& x_t, const NoiseLevel& level) const {
    const std::int64_t tries = options_.integer("inner_steps");
    const double lambda = options_.real("lambda");
    const bool clip = problem.prior.clips_denoised();
    Adam adam(options_.real("lr"));
    Tensor v = x_t;
    Tensor x0;
    Tensor open;  // images whose level has not ended, [B]
    for (std::int64_t k = 0; k < tries; ++k) {
      const bool last = k + 1 == tries;
      const Denoised at = denoise(problem.prior, v, level, clip, last ? Gradient::none : Gradient::wanted);
      x0 = open.defined() ? at::where(per_image(open, at.x0), at.x0, x0) : at.x0;
      const Tensor residual = problem.op.forward(x0) - problem.y;
      if (options_.flag("early_stop")) {
        open = measured_square(problem.op, residual) >= limit(problem, residual);
        if (!open.any().item<bool>()) break;
      }
      if (last) break;
      const Tensor gradient = at.pull_back({problem.op.vjp(x0, residual) * 2})[0];
      v = adam.step(v, gradient + (v - x_t) * (2 * lambda));
    }
    return x0;
  }

  [[nodiscard]] Tensor limit(const Problem& problem, const Tensor& residual) const {
    constexpr double slack = 0.001;
    const double level = (problem.sigma_y + slack) * (problem.sigma_y + slack);
    if (options_.flag("as_published"))
      return at::full({residual.size(0)}, level * static_cast<double>(residual[0].numel()), residual.options());
    return measured_count(problem.op, residual) * level;
  }

  OptionValues options_;
  std::int64_t steps_;
};

}  // namespace

MethodEntry sitcom_entry() {
  return {
      .name = "sitcom",
      .title = "Step-wise triple-consistent diffusion sampling",
      .paper = "Alkhouri et al. 2025, arXiv 2410.04479",
      .needs = {.gradient = true},
      .options = {steps_option(20),
                  {"inner_steps", std::int64_t{20}, "evaluations of the network at each level, at most", 1, 1000},
                  {"lr", 0.01, "learning rate of Adam", 1e-12},
                  {"lambda", 0.0, "weight of ||v - x_t||^2, the paper's backward consistency", 0},
                  {"early_stop", true, "a level ends once the residual is as small as the noise explains", -1, 1},
                  select_option(),
                  as_published_option("hidden entries of y count where a level ends; select: oracle is allowed")},
      .cost =
          [](const OptionValues& options, double) {
            const auto levels = static_cast<double>(options.integer("steps"));
            const auto tries = static_cast<double>(options.integer("inner_steps"));
            return Cost{levels * tries, levels * (tries - 1)};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Sitcom>(options); },
      .without_noise = "",
      .chooses_by_original = chooses_as_published,
      .tunable = {Tunable::log("lr", 1e-3, 0.1)},
  };
}

}  // namespace dpsbench
