// DCDP: Li et al., Decoupled Data Consistency with Diffusion Purification for Image Restoration, 2024, Algorithm 1. Two
// steps in turn, K times: descent on the residual from the present image (gradient with momentum, which starts anew
// each time), then purification: noise to time T_k and the prior's own way back, by DDIM without noise or by one
// Tweedie step
// ("version 2"). T_k falls linearly to 0, which counts as 1. The network is never asked about the measurement.
// The descent here is on ||A x - y||^2 / 2; the authors' is on the mean square, whose rate is dim(y) / 2 times `lr`.
// `as_published`: at T_k = 1 the image is noised to the first step and purified from the second.
// Left out: half precision.
#include <algorithm>
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// T_k of all K purifications, 1 or more: rounded values, evenly spaced from `first` to 0.
std::vector<std::int64_t> purification_times(std::int64_t count, std::int64_t first) {
  std::vector<std::int64_t> times;
  for (std::int64_t k = count - 1; k >= 0; --k) {
    const double share = count == 1 ? 1.0 : static_cast<double>(k) / static_cast<double>(count - 1);
    times.push_back(std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::nearbyint(share * static_cast<double>(first) + 1e-6))));
  }
  return times;
}

class Dcdp final : public Method {
 public:
  explicit Dcdp(const OptionValues& options) : options_(options), times_(times_of(options)) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const ImageShape shape = problem.shape();
    const auto total = static_cast<std::int64_t>(times_.size());
    Tensor x = at::zeros(shape.batch(problem.y.size(0)), problem.options());
    for (std::int64_t k = 0; k < total; ++k) {
      const Tensor fitted = descend(problem, x);
      x = purify(problem, fitted, k);
      observer.on_step({k + 1, total, x, fitted, {}});
    }
    return x;
  }

  static std::vector<std::int64_t> times_of(const OptionValues& options) {
    return purification_times(options.integer("steps"), options.integer("first_time"));
  }

  /// Evaluations of the prior in the purification from time T_k.
  static std::int64_t purification_steps(const OptionValues& options, std::int64_t time) {
    if (options.word("purify") == "tweedie") return 1;
    const bool one_further = options.flag("as_published") && time == 1;
    return std::min(options.integer("purify_steps"), one_further ? time + 1 : time);
  }

 private:
  /// M steps of gradient descent with momentum (Algorithm 1, line 4).
  [[nodiscard]] Tensor descend(const Problem& problem, const Tensor& from) const {
    Tensor x = from;
    Tensor velocity = at::zeros_like(x);
    for (std::int64_t m = 0; m < options_.integer("data_steps"); ++m) {
      const Tensor gradient = problem.op.vjp(x, problem.op.forward(x) - problem.y);
      velocity = velocity * options_.real("momentum") + gradient;
      x = x - velocity * options_.real("lr");
    }
    return x;
  }

  /// Noise to T_k and back (lines 5 and 6).
  [[nodiscard]] Tensor purify(const Problem& problem, const Tensor& fitted, std::int64_t k) const {
    const NoiseSchedule& trained = problem.schedule;
    const bool clip = problem.prior.clips_denoised();
    const std::int64_t time = std::min(times_[static_cast<std::size_t>(k)], trained.steps());
    const NoiseLevel level = trained.level(time - 1);
    Tensor x = fitted * std::sqrt(level.alpha_bar) +
               normal_like(problem.noise, Purpose::step, k, fitted) * std::sqrt(1 - level.alpha_bar);
    if (options_.word("purify") == "tweedie") return denoise(problem.prior, x, level, clip, Gradient::none).x0;
    const std::int64_t from = options_.flag("as_published") && time == 1 ? time + 1 : time;
    const NoiseSchedule way = trained.first(from).respaced(purification_steps(options_, time));
    for (std::int64_t i = way.steps() - 1; i >= 0; --i) {
      const Tensor x0 = denoise(problem.prior, x, way.level(i), clip, Gradient::none).x0;
      x = ddim_mean(way, i, x0, x, 0);
    }
    return x;
  }

  OptionValues options_;
  std::vector<std::int64_t> times_;
};

}  // namespace

MethodEntry dcdp_entry() {
  return {
      .name = "dcdp",
      .title = "Decoupled data consistency with diffusion purification",
      .paper = "Li et al. 2024, arXiv 2403.06054",
      .needs = {},
      .options = {{"steps", std::int64_t{10}, "turns of data consistency and purification", 1, 1000},
                  {"data_steps", std::int64_t{100}, "steps of descent on the residual in each turn", 0, 100000},
                  {"lr", 0.01, "rate of the descent on ||A x - y||^2 / 2", 1e-12},
                  {"momentum", 0.9, "of the descent", 0, 0.9999},
                  {"first_time", std::int64_t{400}, "T_0: time of training that the first purification noises to", 1,
                   1000},
                  {"purify",
                   std::string("ddim"),
                   "the way back from T_k: DDIM steps, or one Tweedie estimate",
                   -1,
                   1,
                   {"ddim", "tweedie"}},
                  {"purify_steps", std::int64_t{20}, "ddim: at most so many steps of it in each turn", 1, 1000},
                  as_published_option("the last purification begins one step above the noise that was added")},
      .cost =
          [](const OptionValues& options, double) {
            Cost cost;
            for (const std::int64_t time : Dcdp::times_of(options))
              cost.forward += static_cast<double>(Dcdp::purification_steps(options, time));
            return cost;
          },
      .make = [](const OptionValues& options) { return std::make_unique<Dcdp>(options); },
      .without_noise = "",
      .tunable = {Tunable::log("lr", 1e-3, 2), Tunable::linear("first_time", 50, 900)},
  };
}

}  // namespace dpsbench
