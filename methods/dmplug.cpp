// DMPlug: Wang et al., DMPlug: A Plug-in Method for Solving Inverse Problems with Diffusion Models, NeurIPS 2024,
// Eq. 8. R(z): a few DDIM steps without noise from pure noise z to an image. Adam descends the mean squared residual of
// A R(z) on z, through all of R; the answer is R(z). Steps of R at times 0, T / n, 2 T / n, ... The authors stop by the
// original: of thousands of iterates the one nearest to it is saved, and PSNR, SSIM and LPIPS are printed of the best
// iterate each. Here an image rests once ||A x - y||^2 <= sigma_y^2 m, m the number of measured entries (Morozov's
// discrepancy principle). `as_published`: no rest, and `select: oracle` is allowed, the authors' choice by PSNR.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/adam.h"
#include "methods/parts/discrepancy.h"
#include "methods/parts/nearest_to_original.h"
#include "methods/parts/oracle_option.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// R(z) with its pull-back.
class ShortFlow {
 public:
  ShortFlow(const Problem& problem, const Tensor& z, std::int64_t steps, Gradient gradient) : image_(z) {
    const std::int64_t stride = problem.schedule.steps() / steps;
    const bool clip = problem.prior.clips_denoised();
    for (std::int64_t i = steps - 1; i >= 0; --i) {
      const NoiseLevel level = problem.schedule.level(i * stride);
      const double next = i > 0 ? problem.schedule.alpha_bar((i - 1) * stride) : 1.0;
      Denoised at = denoise(problem.prior, image_, level, clip, gradient);
      // x' = sqrt(next) x0 + sqrt(1 - next) (x - sqrt(abar) x0) / sqrt(1 - abar)
      const double of_x = std::sqrt((1 - next) / (1 - level.alpha_bar));
      const double of_x0 = std::sqrt(next) - of_x * std::sqrt(level.alpha_bar);
      image_ = at.x0 * of_x0 + image_ * of_x;
      steps_.push_back({std::move(at.pull_back), of_x0, of_x});
    }
  }

  [[nodiscard]] const Tensor& image() const { return image_; }

  /// (dR / dz)^T c. Once.
  [[nodiscard]] Tensor pull_back(const Tensor& cotangent) const {
    Tensor c = cotangent;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
      c = step->through_x0({c * step->of_x0})[0] + c * step->of_x;
    return c;
  }

 private:
  struct Step {
    std::function<std::vector<Tensor>(const std::vector<Tensor>&)> through_x0;
    double of_x0;
    double of_x;
  };
  Tensor image_;
  std::vector<Step> steps_;
};

class DmPlug final : public Method {
 public:
  explicit DmPlug(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::int64_t total = options_.integer("steps");
    const bool rests = options_.flag("early_stop") && !options_.flag("as_published");
    const ImageShape shape = problem.shape();
    std::optional<NearestToOriginal> oracle;
    if (options_.word("select") == "oracle") oracle.emplace(problem);
    Tensor z =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    Tensor x;
    Tensor open;  // images that do not rest, [B]
    bool all_rest = false;
    Adam adam(options_.real("lr"));
    for (std::int64_t k = 0; k < total; ++k) {
      const bool last = k + 1 == total;
      if (!all_rest) {
        const ShortFlow flow(problem, z, options_.integer("flow_steps"), last ? Gradient::none : Gradient::wanted);
        x = open.defined() ? at::where(per_image(open, z), flow.image(), x) : flow.image();
        const Tensor residual = problem.op.forward(x) - problem.y;
        if (rests) {
          const double variance = problem.sigma_y * problem.sigma_y;
          open = measured_square(problem.op, residual) > measured_count(problem.op, residual) * variance;
          all_rest = !open.any().item<bool>();
        }
        if (!last && !all_rest) {
          const double mean = 2 / static_cast<double>(residual[0].numel());
          z = adam.step(z, flow.pull_back(problem.op.vjp(x, residual) * mean));
        }
      }
      const Tensor answer = oracle ? oracle->nearest(x) : x;
      observer.on_step({k + 1, total, answer, x, {}});
      if (last) return answer;
    }
    return x;
  }

 private:
  OptionValues options_;
};

}  // namespace

MethodEntry dmplug_entry() {
  return {
      .name = "dmplug",
      .title = "Plug-in inversion of a short deterministic sampler",
      .paper = "Wang et al. 2024, arXiv 2405.16749",
      .needs = {.gradient = true},
      .options = {{"steps", std::int64_t{5000}, "iterations of Adam on the noise z, at most", 1, 100000},
                  {"flow_steps", std::int64_t{3}, "DDIM steps from z to the image", 1, 1000},
                  {"lr", 0.01, "learning rate of Adam", 1e-12},
                  {"early_stop", true, "an image rests once its residual is as small as noise sigma_y explains", -1, 1},
                  select_option(),
                  as_published_option("no rest; select: oracle is allowed")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            const auto each = static_cast<double>(options.integer("flow_steps"));
            return Cost{steps * each, (steps - 1) * each};
          },
      .make = [](const OptionValues& options) { return std::make_unique<DmPlug>(options); },
      .without_noise = "",
      .chooses_by_original = chooses_as_published,
      .tunable = {Tunable::log("lr", 1e-3, 0.1)},
  };
}

}  // namespace dpsbench
