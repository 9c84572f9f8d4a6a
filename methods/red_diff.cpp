// RED-diff: Mardani et al., A Variational Perspective on Solving Inverse Problems with Diffusion Models, ICLR 2024,
// Algorithm 1. Not a sampler by design: stochastic descent (Adam) on an image mu, each step of which compares the noise
// added to mu with the noise the network sees in it. Steps are at a stride, from noisy to clean; sigma_x0 = 0 and the
// weight lambda sqrt(1 - abar) / sqrt(abar) ("linear"), both the authors' defaults. Means are over one image; theirs
// are over the batch, which makes Adam's gradient at 256 x 256 (2.5e-7 at a batch of 10 to 20) comparable with its
// 1e-8.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/adam.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

constexpr double second_decay = 0.99;  // Adam's beta_2, as the authors set it

class RedDiff final : public Method {
 public:
  explicit RedDiff(const OptionValues& options)
      : steps_(options.integer("steps")),
        learning_rate_(options.real("lr")),
        lambda_(options.real("lambda")),
        data_weight_(options.real("data_weight")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    Tensor mu = problem.op.pseudo_inverse(problem.y);
    Adam adam(learning_rate_, second_decay);
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      mu = adam.step(mu, gradient(problem, schedule.level(i), i, mu));
      observer.on_step({steps_ - i, steps_, mu, mu, {}});
    }
    return mu;
  }

 private:
  /// Of lambda w(t) mean(stopgrad(eps_theta - eps) mu) + data_weight mean((y - A mu)^2) / 2, means over one image.
  [[nodiscard]] Tensor gradient(const Problem& problem, const NoiseLevel& level, std::int64_t i,
                                const Tensor& mu) const {
    const Tensor eps = normal_like(problem.noise, Purpose::step, i, mu);
    const Tensor x_t = mu * std::sqrt(level.alpha_bar) + eps * std::sqrt(1 - level.alpha_bar);
    const Tensor eps_theta = problem.prior.evaluate(x_t, level, Gradient::none).eps;
    const Tensor residual = problem.op.forward(mu) - problem.y;
    const double of_prior = lambda_ * level.sigma() / static_cast<double>(mu[0].numel());  // w(t) = sigma_t
    const double of_data = data_weight_ / static_cast<double>(residual[0].numel());
    return (eps_theta - eps) * of_prior + problem.op.vjp(mu, residual) * of_data;
  }

  std::int64_t steps_;
  double learning_rate_;
  double lambda_;
  double data_weight_;
};

}  // namespace

MethodEntry red_diff_entry() {
  return {
      .name = "red-diff",
      .title = "Regularization by denoising diffusion",
      .paper = "Mardani et al. 2024, arXiv 2305.04391",
      .needs = {},
      .options = {steps_option(1000),
                  {"lr", 0.5, "learning rate of Adam", 1e-12},
                  {"lambda", 0.25, "weight of the prior", 0},
                  {"data_weight", 1.0, "weight of the mean squared residual", 0}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<RedDiff>(options); },
      .without_noise = "",
      .tunable = {Tunable::log("lr", 0.01, 2), Tunable::log("lambda", 0.01, 10)},
  };
}

}  // namespace dpsbench
