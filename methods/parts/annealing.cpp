#include "methods/parts/annealing.h"

#include <cmath>

#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"

namespace dpsbench {

std::vector<double> daps_sigmas(std::int64_t steps, double sigma_max, double sigma_min) {
  std::vector<double> sigmas;
  for (std::int64_t k = 0; k < steps; ++k)
    sigmas.push_back(annealed_sigma(static_cast<double>(k) / static_cast<double>(steps), sigma_max, sigma_min));
  sigmas.push_back(0);
  return sigmas;
}

Tensor probability_flow(const Prior& prior, const Tensor& u, double sigma, double sigma_min, std::int64_t flow_steps,
                        const LevelOfSigma& level_of) {
  const auto steps = static_cast<double>(flow_steps);
  Tensor at = u;
  for (std::int64_t k = 0; k < flow_steps; ++k) {
    const double from = annealed_sigma(static_cast<double>(k) / steps, sigma, sigma_min);
    const double to = annealed_sigma(static_cast<double>(k + 1) / steps, sigma, sigma_min);
    const Tensor x0 = denoise_exploding(prior, at, level_of(from));
    at = at + (at - x0) * ((to - from) / from);
  }
  return at;
}

Tensor InnerTarget::score(const Tensor& x) const {
  Tensor downhill = op.vjp(x, y - op.forward(x));  // half the gradient of the squared residual
  if (gradient_clamp > 0) downhill = downhill.clamp(-gradient_clamp / 2, gradient_clamp / 2);
  const Tensor of_data = downhill * (1 / likelihood_variance);
  return (kept ? kept->of(of_data) : of_data) + (center - x) * (1 / (sigma * sigma));
}

Tensor InnerTarget::log_density(const Tensor& x) const {
  const Tensor residual = op.forward(x) - y;
  const Tensor offset = x - center;
  return image_dot(residual, residual) * (-0.5 / likelihood_variance) +
         image_dot(offset, offset) * (-0.5 / (sigma * sigma));
}

Tensor langevin_chain(const InnerTarget& target, const InnerChain& chain) {
  Tensor x = target.center;
  for (std::int64_t k = 1; k <= chain.steps; ++k) {
    const Tensor z = normal_like(chain.noise, Purpose::inner, chain.first_draw + k, x);
    x = x + target.score(x) * chain.step_size + z * std::sqrt(2 * chain.step_size);
  }
  return x;
}

Tensor hamiltonian_chain(const InnerTarget& target, const InnerChain& chain, double momentum) {
  const double h = std::sqrt(chain.step_size);
  Tensor x = target.center;
  Tensor v = normal_like(chain.noise, Purpose::inner, chain.first_draw, x);
  for (std::int64_t k = 1; k <= chain.steps; ++k) {
    const Tensor z = normal_like(chain.noise, Purpose::inner, chain.first_draw + k, x);
    v = v * momentum + target.score(x) * h + z * std::sqrt(2 * (1 - momentum));
    x = x + v * h;
  }
  return x;
}

Tensor metropolis_chain(const InnerTarget& target, const InnerChain& chain) {
  Tensor x = target.center;
  Tensor log_density = target.log_density(x);
  for (std::int64_t k = 1; k <= chain.steps; ++k) {
    const Tensor z = normal_like(chain.noise, Purpose::inner, chain.first_draw + k, x);
    const Tensor proposal = x + z * std::sqrt(chain.step_size);
    const Tensor log_proposed = target.log_density(proposal);
    const Tensor u = chain.noise.uniform(Purpose::accept, chain.first_draw + k, {}, x.options());
    const Tensor accepted = u.log() < log_proposed - log_density;
    x = at::where(per_image(accepted, x), proposal, x);
    log_density = at::where(accepted, log_proposed, log_density);
  }
  return x;
}

double likelihood_variance(const OptionValues& options) {
  const double tau = options.real("tau");
  const bool doubled = options.flag("as_published") && options.word("mcmc") != "mh";
  return tau * tau * (doubled ? 0.5 : 1.0);
}

Tensor inner_chain(const InnerTarget& target, const Noise& noise, const OptionValues& options, std::int64_t k) {
  const std::int64_t moves = options.integer("mcmc_steps");
  const double decayed =  // from lr to lr_ratio lr; the level after the last counts as one
      1 + static_cast<double>(k) / static_cast<double>(options.integer("steps") + 1) * (options.real("lr_ratio") - 1);
  const InnerChain chain{noise, k * (moves + 1), moves, options.real("lr") * decayed};
  const std::string& kind = options.word("mcmc");
  if (kind == "langevin") return langevin_chain(target, chain);
  if (kind == "hmc") return hamiltonian_chain(target, chain, options.real("momentum"));
  return metropolis_chain(target, chain);
}

}  // namespace dpsbench
