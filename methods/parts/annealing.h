#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "core/method.h"
#include "core/options.h"
#include "methods/parts/state_projection.h"

namespace dpsbench {

// The three parts of a DAPS annealing step (Zhang et al. 2025, Algorithm 1), apart so that each can be tested.

/// The level, with the time a network is told, of a noise of the variance-exploding view.
using LevelOfSigma = std::function<NoiseLevel(double sigma)>;

/// The annealing levels: `steps` noises spaced evenly in sigma^(1/7) as if the one after the last were sigma_min, then
/// 0. [steps + 1].
std::vector<double> daps_sigmas(std::int64_t steps, double sigma_max, double sigma_min);

/// x_0hat(x_t): the probability flow du/dsigma = (u - D(u; sigma)) / sigma from `sigma` down to sigma_min in
/// `flow_steps` Euler steps: [B, C, H, W]. `level_of` tells the prior its levels.
Tensor probability_flow(const Prior& prior, const Tensor& u, double sigma, double sigma_min, std::int64_t flow_steps,
                        const LevelOfSigma& level_of);

/// The density that the inner chain samples: exp(-||A x - y||^2 / (2 likelihood_variance)) N(x; center, sigma^2 I).
struct InnerTarget {
  const Operator& op;
  Tensor y;                                  ///< [B, ...]
  double likelihood_variance;                ///< > 0
  Tensor center;                             ///< x_0hat, [B, C, H, W], where the chain starts
  double sigma;                              ///< > 0
  double gradient_clamp = 0;                 ///< greatest number of the gradient of ||A x - y||^2 in the score; 0: any
  std::optional<StateProjection> kept = {};  ///< what the data's part of the score is kept to

  [[nodiscard]] Tensor score(const Tensor& x) const;
  [[nodiscard]] Tensor log_density(const Tensor& x) const;  ///< up to a constant, [B]
};

/// How the inner chain moves. `first_draw` numbers its random draws: chains whose ranges [first_draw, first_draw +
/// steps] do not meet are independent.
struct InnerChain {
  const Noise& noise;
  std::int64_t first_draw;
  std::int64_t steps;
  double step_size;  ///< lr > 0
};

/// Unadjusted Langevin: x + lr score + sqrt(2 lr) z.
Tensor langevin_chain(const InnerTarget& target, const InnerChain& chain);

/// Damped Hamiltonian dynamics with time step sqrt(lr): v = momentum v + h score + sqrt(2 (1 - momentum)) z, x + h v.
Tensor hamiltonian_chain(const InnerTarget& target, const InnerChain& chain, double momentum);

/// Random-walk Metropolis-Hastings with proposals x + sqrt(lr) z, accepted image by image.
Tensor metropolis_chain(const InnerTarget& target, const InnerChain& chain);

/// tau^2, the likelihood_variance of daps's options; half of it where the chain counts the likelihood twice.
double likelihood_variance(const OptionValues& options);

/// The inner chain of annealing step k as daps's options have it, its step size falling from lr to lr_ratio lr.
Tensor inner_chain(const InnerTarget& target, const Noise& noise, const OptionValues& options, std::int64_t k);

}  // namespace dpsbench
