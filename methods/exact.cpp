// The exact sampler of a denoising task: ancestral sampling with the posterior score of Proposition 4.1 in place of the
// prior's. With a trained network the score is as good as the network; with a mixture it is exact.
#include "core/ancestral.h"
#include "core/denoised.h"
#include "methods/reference_score.h"
#include "methods/registry.h"
#include "methods/shared_options.h"

namespace dpsbench {
namespace {

class Exact final : public Method {
 public:
  explicit Exact(const OptionValues& options)
      : steps_(options.integer("steps")),
        reuse_below_(reuse_tolerance(options)),
        learned_variance_(options.word("variance") == "learned") {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const bool clip = problem.prior.clips_denoised();
    ReferenceScore reference(problem.prior, schedule, problem.y, {}, problem.sigma_y, reuse_below_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Tensor s_post = reference.posterior_score(x_t, level);  // Eq. 38
                          const Tensor x0 = tweedie(x_t, s_post, level, clip);
                          Tensor fraction;  // the network's own variance, told by x_t itself
                          if (learned_variance_ && i > 0)
                            fraction = problem.prior.evaluate(x_t, level, Gradient::none).variance_fraction;
                          return {ancestral_step(schedule, i, x0, x_t, fraction, problem.noise), x0, {}};
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
      .title = "Ancestral sampling with the exact denoising posterior score",
      .paper =
          "Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of Diffusion Models, Prop. 4.1",
      .needs = {},
      .options = {steps_option(),
                  reference_option(),
                  reuse_option(),
                  {"variance",
                   std::string("learned"),
                   "of the reverse step: the network's learned range, which costs an "
                   "evaluation at x_t, or the posterior variance of the schedule",
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
      .only_tasks = {"denoising"},
  };
}

}  // namespace dpsbench
