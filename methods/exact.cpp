// The exact sampler: ancestral sampling with the posterior score in place of the prior's.
//   denoising            Proposition 4.1, by the prior's own score: any prior; as exact as its score
//   inpainting           Proposition 4.2, by a score whose noise differs from pixel to pixel: priors in closed form
//   other linear tasks   the score of the closed-form posterior: priors in closed form. So is inpainting of more than a
//                        handful of pixels: Proposition 4.2 is the same score, but costs D^3 operations a step and
//                        image
#include <cmath>

#include "core/ancestral.h"
#include "core/closed_form.h"
#include "core/denoised.h"
#include "core/error.h"
#include "methods/measured_components.h"
#include "methods/reference_score.h"
#include "methods/registry.h"
#include "methods/shared_options.h"

namespace dpsbench {
namespace {

/// A as dense matrices [B, m, C H W], or [1, m, C H W] where it is the same for all images, from the unit images.
Tensor dense_matrices(const Problem& problem) {
  const Spectral* spectral = problem.op.spectral();
  const bool same = spectral != nullptr && spectral->singular_values().size(0) == 1;
  const std::int64_t images = same ? 1 : problem.y.size(0);
  const std::int64_t pixels = problem.shape().elements();
  std::vector<Tensor> columns;
  for (const Tensor& unit : at::eye(pixels, problem.options()).unbind(0)) {
    const Tensor image = unit.reshape(problem.shape().batch(1)).expand(problem.shape().batch(images));
    columns.push_back(problem.op.forward(image).flatten(1));
  }
  return at::stack(columns, 2);
}

PosteriorScore linear_posterior_score(const Problem& problem, const ClosedFormPrior& prior) {
  LinearMeasurement measurement{
      problem.y.flatten(1), problem.sigma_y, [&problem] { return dense_matrices(problem); }, {}};
  if (const Spectral* basis = problem.op.spectral()) {
    const MeasuredComponents measured = measured_components(*basis, problem.y, problem.sigma_y);
    measurement.components = {[basis](const Tensor& x) { return basis->v_transpose(x); },
                              [basis](const Tensor& z) { return basis->v(z); }, basis->has_one_basis(), measured.value,
                              measured.sigma.square().reciprocal()};
  }
  return prior.posterior_score(measurement);
}

PosteriorScore posterior_score(const Problem& problem, const NoiseSchedule& schedule, double reuse_below) {
  if (problem.op.is_identity()) {
    const auto reference =
        std::make_shared<ReferenceScore>(problem.prior, schedule, problem.y, Tensor(), problem.sigma_y, reuse_below);
    return [reference](const Tensor& x_t, const NoiseLevel& level) { return reference->posterior_score(x_t, level); };
  }
  const auto* prior = dynamic_cast<const ClosedFormPrior*>(&problem.prior);
  if (prior == nullptr)
    throw Error("exact: only denoising has an exact score with a network; other tasks need a prior in closed form");
  constexpr std::int64_t handful = 64;
  if (const Tensor mask = problem.op.measured(); mask.defined() && problem.shape().elements() <= handful)
    return [=, y = problem.y, sigma_y = problem.sigma_y](const Tensor& x_t, const NoiseLevel& level) {
      return exact_inpainting_score(*prior, x_t, level, y, mask, sigma_y);
    };
  return linear_posterior_score(problem, *prior);
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

class Exact final : public Method {
 public:
  explicit Exact(const OptionValues& options)
      : steps_(options.integer("steps")),
        reuse_below_(reuse_tolerance(options)),
        learned_variance_(options.word("variance") == "learned") {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    const PosteriorScore score = posterior_score(problem, schedule, reuse_below_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Tensor s = score(x_t, level);
                          const Tensor x0 = tweedie(x_t, s, level, clip);
                          Tensor fraction;  // the network's own variance, told by x_t itself
                          if (learned_variance_ && i > 0)
                            fraction = problem.prior.evaluate(x_t, level, Gradient::none).variance_fraction;
                          return {ancestral_step(schedule, i, x0, x_t, fraction, problem.noise),
                                  x0,
                                  {},
                                  problem.op.is_identity() ? prior_share(problem, s, x_t, level) : Tensor()};
                        });
  }

 private:
  std::int64_t steps_;
  double reuse_below_;
  bool learned_variance_;
};

}  // namespace

MethodEntry exact_entry() {
  return {
      .name = "exact",
      .title = "Ancestral sampling with the exact posterior score",
      .paper =
          "Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of Diffusion Models, Props. 4.1 "
          "and 4.2",
      .needs = {.linear = true},
      .options = {steps_option(),
                  reference_option(),
                  reuse_option(),
                  {"variance",
                   std::string("learned"),
                   "of the reverse step: the network's learned range, which costs an evaluation at x_t, or the "
                   "posterior variance of the schedule",
                   -1,
                   1,
                   {"learned", "posterior"}}},
      .cost =
          [](const OptionValues& options, double sigma_y) {
            const auto steps = options.integer("steps");
            const double own = options.word("variance") == "learned" ? static_cast<double>(steps - 1) : 0.0;
            return Cost{own + reference_evaluations(steps, sigma_y, reuse_tolerance(options)), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Exact>(options); },
      .network_tasks = {"denoising"},
  };
}

}  // namespace dpsbench
