// Independent draws from the exact posterior, made without any diffusion: what a perfect sampler would return. Where it
// stands in a table is the floor that a finite number of samples leaves to every metric.
#include "core/method_entry.h"
#include "methods/parts/problem_posterior.h"

namespace dpsbench {
namespace {

class PosteriorDraw final : public Method {
 public:
  Tensor sample(const Problem& problem, Observer& observer) const override {
    const auto posterior = exact_posterior(problem.prior, problem.op, problem.y, problem.sigma_y);
    const Tensor x = posterior->draw(problem.noise, Purpose::initial, 0);
    observer.on_step({1, 1, x, x, {}});
    return x;
  }
};

}  // namespace

MethodEntry posterior_draw_entry() {
  return {
      .name = "posterior-draw",
      .title = "Independent draws from the exact posterior (control: the floor)",
      .paper = "Bayes 1763",
      .needs = {.exact_posterior = true},
      .options = {},
      .cost = [](const OptionValues&, double) { return Cost{}; },
      .make = [](const OptionValues&) { return std::make_unique<PosteriorDraw>(); },
      .without_noise = "it draws from a posterior that has no density",
  };
}

}  // namespace dpsbench
