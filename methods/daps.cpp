// DAPS: Zhang et al., Improving Diffusion Inverse Problem Solving with Decoupled Noise Annealing, CVPR 2025,
// Algorithm 1. Each annealing step estimates x_0 by the probability flow, moves it towards the posterior with a Markov
// chain around the estimate, and noises it to the next level: consecutive levels are tied through x_0 alone.
// `as_published`, which the presets ask for: the authors' likelihood term is grad ||A x - y||^2 / tau^2, twice that of
// Gaussian noise tau, so that the standard deviation their chains see, and with which tau and lr were tuned, is
// tau / sqrt(2). (The Metropolis branch of their code takes tau at its word.)
// `state_share` below 1: DiffStateGrad (Zirvi et al., ICLR 2025, Algorithm 1), the gradients of the data kept to the
// leading singular directions of the level's x_t. Its authors' code has ReSample alone: which state of DAPS they take
// is this file's reading. Left out: the code's check that returns black images for the whole batch once one number of
// it is not finite.
#include <algorithm>

#include "core/error.h"
#include "core/method_entry.h"
#include "methods/parts/annealing.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Daps final : public Method {
 public:
  explicit Daps(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::int64_t steps = options_.integer("steps");
    const std::vector<double> sigmas = daps_sigmas(steps, options_.real("sigma_max"), options_.real("sigma_min"));
    const LevelOfSigma level_of = [&](double sigma) { return level_for(problem.schedule, sigma); };
    const ImageShape shape = problem.shape();
    const std::vector<std::int64_t> one = {shape.channels, shape.height, shape.width};
    Tensor x_t = problem.noise.normal(Purpose::initial, 0, one, problem.options()) * sigmas[0];
    for (std::int64_t k = 0; k < steps; ++k) {
      const Tensor x0_hat =
          probability_flow(problem.prior, x_t, sigmas[k], std::min(sigmas[k], options_.real("flow_sigma")),
                           options_.integer("flow_steps"), level_of);
      const Tensor x0_y = move(problem, x_t, x0_hat, k, sigmas[k]);
      x_t = x0_y;  // Eq. 7: x_{t'} ~ N(x_{0|y}, sigma_{t'}^2 I)
      if (k + 1 < steps) x_t = x_t + normal_like(problem.noise, Purpose::step, k, x_t) * sigmas[k + 1];
      observer.on_step({k + 1, steps, x_t, x0_y, {}});
    }
    return x_t;
  }

 private:
  /// x_{0|y} ~ p(y | x_0) N(x_0; x_0hat, sigma^2 I), roughly.
  [[nodiscard]] Tensor move(const Problem& problem, const Tensor& x_t, const Tensor& x0_hat, std::int64_t k,
                            double sigma) const {
    InnerTarget target{problem.op, problem.y, likelihood_variance(options_), x0_hat, sigma};
    if (const double share = options_.real("state_share"); share < 1) target.kept.emplace(x_t, share);
    return inner_chain(target, problem.noise, options_, k);
  }

  OptionValues options_;
};

}  // namespace

MethodEntry daps_entry() {
  return {
      .name = "daps",
      .title = "Decoupled annealing posterior sampling",
      .paper = "Zhang et al. 2025, arXiv 2407.01521",
      .options = {{"steps", std::int64_t{200}, "annealing levels", 1, 1000},
                  {"flow_steps", std::int64_t{5}, "Euler steps of the probability flow in each", 1, 100},
                  {"sigma_max", 100.0, "first annealing noise, of images in [-1, 1]", 0.01, 150},
                  {"sigma_min", 0.1, "where the annealing noises would end, were the last not 0", 1e-3, 150},
                  {"flow_sigma", 0.01, "noise at which the probability flow ends", 1e-4, 1},
                  {"mcmc", std::string("langevin"), "the inner chain", -1, 1, {"langevin", "hmc", "mh"}},
                  {"mcmc_steps", std::int64_t{100}, "moves of the inner chain in each annealing step", 0, 10000},
                  {"lr", 1e-4, "step size of the inner chain at the first level", 1e-12},
                  {"lr_ratio", 0.01, "step size at the last level over that at the first", 0, 1},
                  {"tau", 0.01, "noise of the measurement as the inner chain sees it; see as_published", 1e-6},
                  {"momentum", 0.9, "hmc: share of the velocity kept at each move", 0, 1},
                  unsaid_at_default(state_share_option()),
                  as_published_option("langevin and hmc count the likelihood twice: its noise is tau / sqrt(2)")},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps") * options.integer("flow_steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Daps>(options); },
      .without_noise = "",
      .check =
          [](const OptionValues& options) {
            if (options.word("mcmc") == "mh" && options.real("state_share") < 1)
              throw UserError("state_share: {} keeps gradients, and mcmc: mh has none; allowed with it: 1",
                              options.real("state_share"));
          },
      .tunable = {Tunable::log("sigma_max", 1, 100), Tunable::log("lr", 1e-6, 1e-3), Tunable::log("lr_ratio", 0.003, 1),
                  Tunable::log("tau", 0.003, 0.3)},
      .revision = 1,  // networks of other schedules than DDPM's are told their own times
  };
}

}  // namespace dpsbench
