// The exact sampler: ancestral sampling with the posterior score in place of the prior's.
//   denoising     Proposition 4.1, by the prior's own score: any prior; as exact as its score. Of latents, of the
//   encoded
//                 measurement: exact where the decoder is an isometry up to a factor (docs/latent.md)
//   inpainting    Proposition 4.2, by a score whose noise differs from pixel to pixel: priors in closed form, and
//                 networks that were trained on such noise. One evaluation a step: hidden pixels change with each, so
//                 that nothing of it can be reused
//   other tasks   the score of the posterior itself: priors that know it. So is inpainting of more than a handful of
//                 pixels: Proposition 4.2 is the same score, but costs D^3 operations a step and image
// Without noise (sigma_y 0) measurements count as rounded, sigma_y 1e-6: what is measured is put in its place.
#include <algorithm>
#include <cmath>

#include "core/ancestral.h"
#include "core/anisotropic.h"
#include "core/denoised.h"
#include "core/latent/decoded_operator.h"
#include "core/method_entry.h"
#include "core/spectral.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/problem_posterior.h"
#include "methods/parts/reference_score.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// grad log p_t(x_t | y) of the problem's batch, and the variance of x_0 given x_t and y where it is told.
using PosteriorScore = std::function<InpaintingPosterior(const Tensor& x_t, const NoiseLevel& level)>;

/// Whether y is a noisy image whose latent is sampled.
bool denoises_latents(const Problem& problem) {
  return problem.decoded != nullptr && problem.decoded->images().is_identity();
}

PosteriorScore posterior_score(const Problem& problem, const NoiseSchedule& schedule, double reuse_below) {
  if (denoises_latents(problem)) {
    const std::optional<DenoisingReference> noisy = problem.op.denoising_reference(problem.y);
    const auto reference =
        std::make_shared<ReferenceScores>(problem.prior, schedule, *noisy, problem.sigma_y, reuse_below);
    return [reference](const Tensor& x_t, const NoiseLevel& level) -> InpaintingPosterior {
      return {reference->posterior_score(x_t, level), {}};
    };
  }
  if (problem.op.is_identity()) {
    const auto reference =
        std::make_shared<ReferenceScore>(problem.prior, schedule, problem.y, Tensor(), problem.sigma_y, reuse_below);
    return [reference](const Tensor& x_t, const NoiseLevel& level) -> InpaintingPosterior {
      return {reference->posterior_score(x_t, level), {}};
    };
  }
  constexpr std::int64_t handful = 64;
  const auto* anisotropic = dynamic_cast<const AnisotropicScore*>(&problem.prior);
  const bool knows_posterior = dynamic_cast<const TractablePrior*>(&problem.prior) != nullptr;
  const Tensor mask = problem.decoded == nullptr ? problem.op.measured() : Tensor();  // of pixels, not of latents
  if (anisotropic != nullptr && mask.defined() && (!knows_posterior || problem.shape().elements() <= handful))
    return [=, y = problem.y, sigma_y = problem.sigma_y](const Tensor& x_t, const NoiseLevel& level) {
      return inpainting_posterior(*anisotropic, x_t, level, y, mask, sigma_y);
    };
  const std::shared_ptr<const ExactPosterior> posterior =
      exact_posterior(problem.prior, problem.op, problem.y, problem.sigma_y);
  return [posterior](const Tensor& x_t, const NoiseLevel& level) -> InpaintingPosterior {
    return {posterior->score(x_t, level), {}};
  };
}

/// |prior's term| / (|prior's term| + |data's term|) of the score of Proposition 4.1 at x_t, [B] (Figure 7). The data's
/// term is (y - u) / (sigma_y^2 + sigma_t^2) / sqrt(abar_t), u = x_t / sqrt(abar_t); the rest of the score is the
/// prior's.
Tensor prior_share(const Problem& problem, const Tensor& score, const Tensor& x_t, const NoiseLevel& level) {
  const double root = std::sqrt(level.alpha_bar);
  const double weight = 1 / (problem.sigma_y * problem.sigma_y + level.sigma() * level.sigma());
  const Tensor of_data = (problem.y - x_t * (1 / root)) * (weight / root);
  const Tensor of_prior = (score - of_data).flatten(1).norm(2, 1);
  return of_prior / (of_prior + of_data.flatten(1).norm(2, 1));
}

/// The variance of x_0 given x_t and y along the right singular vectors of A if the prior were flat: 1 / (1 / sigma_t^2
/// + s^2 / sigma_y^2), [B or 1, n]; sigma_t^2, of one element, where the task has no decomposition.
Tensor gaussian_variance(const Problem& problem, double sigma_t) {
  const double of_state = 1 / (sigma_t * sigma_t);
  if (problem.op.spectral() == nullptr) return at::full({1, 1}, 1 / of_state, problem.options());
  return 1 / (problem.op.spectral()->singular_values().square() * std::pow(problem.sigma_y, -2) + of_state);
}

/// The reverse step whose variance is right where x_0 given x_t and y is Gaussian with gaussian_variance: that of
/// q(x_{t-1} | x_t, x_0), and what x_0's own variance carries over. So the last step has noise too.
Tensor gaussian_step(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0,
                     const Tensor& x_t) {
  const ImageShape shape = image_shape(x_t);
  const Tensor z = problem.noise.normal(Purpose::step, i, {shape.channels, shape.height, shape.width}, x_t.options());
  const double carried = std::pow(schedule.coefficient_x0(i), 2);
  const Tensor variance =
      gaussian_variance(problem, schedule.level(i).sigma()) * carried + schedule.posterior_variance(i);
  const Spectral* basis = problem.op.spectral();
  const Tensor coloured =
      basis == nullptr ? z * per_image(variance.sqrt()[0], z) : basis->v(basis->v_transpose(z) * variance.sqrt());
  return ancestral_mean(schedule, i, x0, x_t) + coloured;
}

/// The reverse step whose variance is right for x_0 given x_t and y of independent pixels with these variances.
Tensor told_step(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0,
                 const Tensor& variance, const Tensor& x_t) {
  const ImageShape shape = image_shape(x_t);
  const Tensor z = problem.noise.normal(Purpose::step, i, {shape.channels, shape.height, shape.width}, x_t.options());
  const double carried = std::pow(schedule.coefficient_x0(i), 2);
  return ancestral_mean(schedule, i, x0, x_t) + z * (variance * carried + schedule.posterior_variance(i)).sqrt();
}

class Exact final : public Method {
 public:
  explicit Exact(const OptionValues& options)
      : steps_(options.integer("steps")), reuse_below_(reuse_tolerance(options)), variance_(options.word("variance")) {}

  Tensor sample(const Problem& given, Observer& observer) const override {
    Problem problem = given;
    problem.sigma_y = std::max(given.sigma_y, rounding_noise);
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    const PosteriorScore score = posterior_score(problem, schedule, reuse_below_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const InpaintingPosterior at = score(x_t, level);
                          const Tensor x0 = tweedie(x_t, at.score, level, clip);
                          return {step(problem, schedule, i, x0, at.variance, x_t),
                                  x0,
                                  {},
                                  problem.op.is_identity() ? prior_share(problem, at.score, x_t, level) : Tensor()};
                        });
  }

 private:
  [[nodiscard]] Tensor step(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0,
                            const Tensor& variance, const Tensor& x_t) const {
    if (variance_ == "gaussian") return gaussian_step(problem, schedule, i, x0, x_t);
    if (variance_ == "learned" && variance.defined()) return told_step(problem, schedule, i, x0, variance, x_t);
    Tensor fraction;  // the network's own variance, told by x_t itself; who knows a posterior has none
    if (variance_ == "learned" && i > 0 && (problem.op.is_identity() || denoises_latents(problem)))
      fraction = problem.prior.evaluate(x_t, schedule.level(i), Gradient::none).variance_fraction;
    return ancestral_step(schedule, i, x0, x_t, fraction, problem.noise);
  }

  std::int64_t steps_;
  double reuse_below_;
  std::string variance_;
};

}  // namespace

MethodEntry exact_entry() {
  return {
      .name = "exact",
      .title = "Ancestral sampling with the exact posterior score",
      .paper =
          "Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of Diffusion Models, Props. 4.1 "
          "and 4.2",
      .needs = {.exact_posterior = true},
      .options = {steps_option(),
                  reference_option(),
                  reuse_option(),
                  {"variance",
                   std::string("learned"),
                   "of the reverse step: what the network has learned, which costs an evaluation at x_t except for "
                   "inpainting with a network that is told each pixel's noise; the posterior variance of the "
                   "schedule, right where x_0 is known; or gaussian, right where only y and x_t tell x_0",
                   -1,
                   1,
                   {"learned", "posterior", "gaussian"}}},
      .cost =
          [](const OptionValues& options, double sigma_y) {
            const auto steps = options.integer("steps");
            const double own = options.word("variance") == "learned" ? static_cast<double>(steps - 1) : 0.0;
            return Cost{own + reference_evaluations(steps, sigma_y, reuse_tolerance(options)), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Exact>(options); },
      .any_prior_tasks = {"denoising"},
      .cost_by_posterior =
          [](const OptionValues& options) {
            return Cost{static_cast<double>(options.integer("steps")), 0};
          },
      .inpaints_by_score = true,
      .follows_score = true,
      .without_noise = "",
  };
}

}  // namespace dpsbench
