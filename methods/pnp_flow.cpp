// PnP-Flow: Martin et al., PnP-Flow: Plug-and-Play Image Restoration with Flow Matching, ICLR 2025, Algorithm 3. Along
// the straight path x_t = t x_1 + (1 - t) x_0 from noise (t = 0) to image (t = 1): a gradient step on the residual, the
// result put back on the path with fresh noise, and denoised by D(x, t) = x + (1 - t) v(x, t) = E[x_1 | x_t = x],
// averaged over draws. A straight path is the variance-exploding process in other units: x_t / t has the noise (1 - t)
// / t, so that any noise prediction gives D, and v. No gradient through the network; not clamped, as theirs is not. The
// gradient's rate is lr sigma_y^2 (1 - t)^alpha over sigma_y^2, that is without sigma_y. At t = 0 a noise prediction is
// asked at the largest noise that it was trained on, which is as near as it can come to pure noise.
#include <algorithm>
#include <cmath>

#include "core/method_entry.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class PnpFlow final : public Method {
 public:
  explicit PnpFlow(const OptionValues& options)
      : steps_(options.integer("steps")),
        draws_(options.integer("draws")),
        lr_(options.real("lr")),
        alpha_(options.real("alpha")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule& trained = problem.schedule;
    const double first_time = 1 / (1 + trained.level(trained.steps() - 1).sigma());
    Tensor x = adjoint(problem.op, at::ones_like(problem.y));
    for (std::int64_t k = 0; k < steps_; ++k) {
      const double t = static_cast<double>(k) / static_cast<double>(steps_);
      const double rate = lr_ * std::pow(1 - t, alpha_);
      const Tensor z = x - adjoint(problem.op, problem.op.forward(x) - problem.y) * rate;
      x = denoised(problem, z, std::max(t, first_time), k);
      observer.on_step({k + 1, steps_, x, x, {}});
    }
    return x;
  }

 private:
  /// The mean of D over `draws` points t z + (1 - t) n.
  [[nodiscard]] Tensor denoised(const Problem& problem, const Tensor& z, double t, std::int64_t k) const {
    const double sigma = (1 - t) / t;
    const NoiseLevel level = problem.schedule.level_of_sigma(sigma);
    Tensor sum = at::zeros_like(z);
    for (std::int64_t j = 0; j < draws_; ++j) {
      const Tensor n = normal_like(problem.noise, Purpose::inner, k * draws_ + j, z);
      sum = sum + denoise_exploding(problem.prior, z + n * sigma, level);
    }
    return sum / static_cast<double>(draws_);
  }

  std::int64_t steps_;
  std::int64_t draws_;
  double lr_;
  double alpha_;
};

}  // namespace

MethodEntry pnp_flow_entry() {
  return {
      .name = "pnp-flow",
      .title = "Plug-and-play restoration with flow matching",
      .paper = "Martin et al. 2025, arXiv 2410.02423",
      .needs = {.linear = true},
      .options = {{"steps", std::int64_t{100}, "times from 0 (noise) to 1 (image)", 1, 1000},
                  {"draws", std::int64_t{5}, "noises that each denoising is averaged over", 1, 1000},
                  {"lr", 1.0, "rate of the descent on ||A x - y||^2 / 2 at time 0", 0},
                  {"alpha", 1.0, "power of 1 - t that the rate falls with", 0, 10}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps") * options.integer("draws")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<PnpFlow>(options); },
      .without_noise = "",
      .tunable = {Tunable::log("lr", 0.05, 2), Tunable::linear("alpha", 0, 2)},
  };
}

}  // namespace dpsbench
