// PnP-DM: Wu et al., Principled Probabilistic Imaging using Diffusion Models as Plug-and-Play Priors, NeurIPS 2024,
// Algorithm 1. A Gibbs sampler of p(x) p(y | z) N(x; z, rho^2 I): z given x near the data (exactly where A is linear,
// by Langevin steps otherwise), x given z by running the diffusion down from noise rho, while rho falls to rho_min. At
// a fixed rho the chain settles where x has the prior times a likelihood of noise sigma_y^2 I + rho^2 A A^T.
// The diffusion is the EDM form: x given z by an Euler scheme of the reverse SDE, or of the probability flow, on noises
// spaced evenly in sigma^(1/7). `as_published`: the code enters the grid at its first point below rho without changing
// z for it, so that z counts as less noisy than it is; and its last step is one of Euler to noise 0, which for the SDE
// reflects the remaining noise instead of removing it (2 D - x in place of D).
#include <cmath>

#include "core/method_entry.h"
#include "methods/parts/exploding_denoiser.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/proximal.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

constexpr double grid_first = 80;
constexpr double grid_last = 0.010486;  // continuous_level's noise at t = 0.001, where the EDM form ends

/// The noises of one prior step that starts from noise rho, without the final 0.
std::vector<double> prior_noises(double rho, std::int64_t points, bool as_published) {
  std::vector<double> noises;
  if (!as_published) noises.push_back(rho);
  for (std::int64_t k = 0; k < points; ++k) {
    const double sigma = annealed_sigma(points == 1 ? 1.0 : static_cast<double>(k) / static_cast<double>(points - 1),
                                        grid_first, grid_last);
    if (sigma < rho) noises.push_back(sigma);
  }
  return noises;
}

class PnpDm final : public Method {
 public:
  explicit PnpDm(const OptionValues& options) : options_(options), as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::int64_t iterations = options_.integer("steps");
    const ImageShape shape = problem.shape();
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    std::int64_t draws = 0;
    for (std::int64_t k = 0; k < iterations; ++k) {
      const double rho = coupling(options_, k);
      const Tensor z = problem.op.is_linear() ? draw_near(problem, x, rho, k) : langevin_near(problem, x, rho, k);
      x = prior_step(problem, z, rho, draws);
      observer.on_step({k + 1, iterations, x, z, {}});
    }
    return x;
  }

  /// rho of iteration k.
  static double coupling(const OptionValues& options, std::int64_t k) {
    return std::max(options.real("rho") * std::pow(options.real("decay"), static_cast<double>(k)),
                    options.real("rho_min"));
  }

 private:
  /// x ~ p(x_0 | x_0 + rho n = z).
  [[nodiscard]] Tensor prior_step(const Problem& problem, const Tensor& z, double rho, std::int64_t& draws) const {
    const bool stochastic = options_.word("prior_step") == "sde";
    const std::vector<double> noises = prior_noises(rho, options_.integer("prior_steps"), as_published_);
    Tensor x = z;
    for (std::size_t k = 0; k < noises.size(); ++k) {
      const double sigma = noises[k];
      const double next = k + 1 < noises.size() ? noises[k + 1] : 0.0;
      const Tensor x0 = denoise_exploding(problem.prior, x, level_for(problem.schedule, sigma));
      if (next == 0 && !as_published_) return x0;
      x = x + (x - x0) * ((stochastic ? 2 : 1) * (next - sigma) / sigma);
      if (stochastic && next > 0)
        x = x + normal_like(problem.noise, Purpose::step, draws++, x) * std::sqrt(2 * sigma * (sigma - next));
    }
    return x;
  }

  /// z ~ p(y | z) N(z; x, rho^2 I), roughly: unadjusted Langevin steps from x.
  [[nodiscard]] Tensor langevin_near(const Problem& problem, const Tensor& x, double rho, std::int64_t k) const {
    const std::int64_t moves = options_.integer("langevin_steps");
    const double gamma = options_.real("langevin_lr");
    Tensor z = x;
    for (std::int64_t move = 0; move < moves; ++move) {
      const Tensor of_data = problem.op.vjp(z, problem.y - problem.op.forward(z)) * std::pow(problem.sigma_y, -2);
      const Tensor n = normal_like(problem.noise, Purpose::inner, k * moves + move, z);
      z = z + (of_data + (x - z) * std::pow(rho, -2)) * gamma + n * std::sqrt(2 * gamma);
    }
    return z;
  }

  OptionValues options_;
  bool as_published_;
};

Cost pnp_dm_cost(const OptionValues& options) {
  Cost cost;
  for (std::int64_t k = 0; k < options.integer("steps"); ++k)
    cost.forward += static_cast<double>(
        prior_noises(PnpDm::coupling(options, k), options.integer("prior_steps"), options.flag("as_published")).size());
  return cost;
}

}  // namespace

MethodEntry pnp_dm_entry() {
  return {
      .name = "pnp-dm",
      .title = "Plug-and-play diffusion models: Gibbs sampling of image and data",
      .paper = "Wu et al. 2024, arXiv 2405.18782",
      .needs = {},
      .options =
          {{"steps", std::int64_t{100}, "iterations of the Gibbs sampler", 1, 1000},
           {"rho", 10.0, "coupling of x and z at the first iteration, as a noise of [-1, 1] images", 1e-3, 80},
           {"decay", 0.9, "factor on the coupling from one iteration to the next", 0.01, 1},
           {"rho_min", 0.3, "smallest coupling", 1e-3, 80},
           {"prior_step",
            std::string("sde"),
            "how x is drawn given z: reverse SDE or probability flow",
            -1,
            1,
            {"sde", "ode"}},
           {"prior_steps", std::int64_t{100}, "noises from 80 to 0.01, of which those below rho are used", 1, 1000},
           {"langevin_steps", std::int64_t{100}, "operators that are not linear: Langevin steps for z", 0, 10000},
           {"langevin_lr", 1e-4, "their step size", 1e-12},
           as_published_option("z counts as less noisy than rho, and the last step of the SDE reflects the noise")},
      .cost = [](const OptionValues& options, double) { return pnp_dm_cost(options); },
      .make = [](const OptionValues& options) { return std::make_unique<PnpDm>(options); },
      .without_noise = "it draws from a likelihood, which without noise has no density",
      .tunable = {Tunable::log("rho", 0.5, 50), Tunable::linear("decay", 0.7, 0.98), Tunable::log("rho_min", 0.02, 1)},
      .revision = 1,  // networks of other schedules than DDPM's are told their own times
  };
}

}  // namespace dpsbench
