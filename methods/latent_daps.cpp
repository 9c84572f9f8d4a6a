// LatentDAPS: Zhang et al., Improving Diffusion Inverse Problem Solving with Decoupled Noise Annealing, CVPR 2025,
// Algorithm 1 in the latents of an autoencoder: each annealing step estimates z_0 by the probability flow, moves it
// towards the posterior of y = A D(z) with a Markov chain around the estimate, and noises it to the next level.
// `as_published`: the authors' class for latent diffusion tells the network the times of DDPM's linear betas, whose
// network was trained on betas with linear roots (at sigma 0.1 it is told what meant 0.215 in training); and, as in
// daps, the likelihood counts twice. `gradient_clamp`: their latent chains clamp each number of the likelihood's
// gradient, which their constants were tuned with.
#include <algorithm>

#include "core/error.h"
#include "core/method_entry.h"
#include "methods/parts/annealing.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class LatentDaps final : public Method {
 public:
  explicit LatentDaps(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    if (problem.decoded == nullptr) throw Error("latent-daps: this is a problem of images");
    const std::int64_t steps = options_.integer("steps");
    const std::vector<double> sigmas = daps_sigmas(steps, options_.real("sigma_max"), options_.real("sigma_min"));
    const ImageShape shape = problem.shape();
    Tensor z_t =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options()) *
        sigmas[0];
    for (std::int64_t k = 0; k < steps; ++k) {
      const Tensor z0_hat =
          probability_flow(problem.prior, z_t, sigmas[k], std::min(sigmas[k], options_.real("flow_sigma")),
                           options_.integer("flow_steps"), levels_of(problem));
      const Tensor z0_y = move(problem, z0_hat, k, sigmas[k]);
      z_t = z0_y;  // z_{t'} ~ N(z_{0|y}, sigma_{t'}^2 I)
      if (k + 1 < steps) z_t = z_t + normal_like(problem.noise, Purpose::step, k, z_t) * sigmas[k + 1];
      observer.on_step({k + 1, steps, z_t, z0_y, {}});
    }
    return z_t;
  }

 private:
  /// The time that the network is told of a noise: its own schedule's.
  [[nodiscard]] LevelOfSigma levels_of(const Problem& problem) const {
    if (options_.flag("as_published")) return continuous_level;
    return [&schedule = problem.schedule](double sigma) { return schedule.level_of_sigma(sigma); };
  }

  /// z_{0|y} ~ p(y | D(z_0)) N(z_0; z_0hat, sigma^2 I), roughly.
  [[nodiscard]] Tensor move(const Problem& problem, const Tensor& z0_hat, std::int64_t k, double sigma) const {
    const InnerTarget target{problem.op, problem.y, likelihood_variance(options_),
                             z0_hat,     sigma,     options_.real("gradient_clamp")};
    return inner_chain(target, problem.noise, options_, k);
  }

  OptionValues options_;
};

}  // namespace

MethodEntry latent_daps_entry() {
  return {
      .name = "latent-daps",
      .title = "Decoupled annealing posterior sampling of latents",
      .paper = "Zhang et al. 2025, arXiv 2407.01521",
      .needs = {.latents = true},
      .options = {{"steps", std::int64_t{50}, "annealing levels", 1, 1000},
                  {"flow_steps", std::int64_t{2}, "Euler steps of the probability flow in each", 1, 100},
                  {"sigma_max", 10.0, "first annealing noise, in units of latents", 0.01, 150},
                  {"sigma_min", 0.1, "where the annealing noises would end, were the last not 0", 1e-3, 150},
                  {"flow_sigma", 0.001, "noise at which the probability flow ends", 1e-4, 1},
                  {"mcmc", std::string("hmc"), "the inner chain", -1, 1, {"langevin", "hmc", "mh"}},
                  {"mcmc_steps", std::int64_t{24}, "moves of the inner chain in each annealing step", 0, 10000},
                  {"lr", 1.35e-4, "step size of the inner chain at the first level", 1e-12},
                  {"lr_ratio", 0.023, "step size at the last level over that at the first", 0, 1},
                  {"tau", 0.01, "noise of the measurement as the inner chain sees it; see as_published", 1e-6},
                  {"momentum", 0.86, "hmc: share of the velocity kept at each move", 0, 1},
                  {"gradient_clamp", 0.0, "greatest number of the gradient of ||A D(z) - y||^2 in a chain; 0: any", 0},
                  as_published_option("the network is told the times of linear betas; langevin and hmc count the "
                                      "likelihood twice")},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps") * options.integer("flow_steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<LatentDaps>(options); },
      .without_noise = "",
      .coding =
          [](const OptionValues& options) {
            const auto moves = static_cast<double>(options.integer("steps") * options.integer("mcmc_steps"));
            return CodingCost{moves, options.word("mcmc") == "mh" ? 0 : moves, 0, 0};
          },
      .tunable = {Tunable::log("sigma_max", 1, 100), Tunable::log("lr", 1e-6, 1e-3), Tunable::log("lr_ratio", 0.003, 1),
                  Tunable::log("tau", 0.003, 0.3)},
  };
}

}  // namespace dpsbench
