// The pseudo-inverse A^+ y, without any prior: the control that shows what the measurement alone gives.
#include "core/method_entry.h"

namespace dpsbench {
namespace {

class PseudoInverse final : public Method {
 public:
  Tensor sample(const Problem& problem, Observer& observer) const override {
    const Tensor x = problem.op.pseudo_inverse(problem.y);
    observer.on_step({1, 1, x, x, {}});
    return x;
  }
};

}  // namespace

MethodEntry pseudo_inverse_entry() {
  return {
      .name = "pseudo-inverse",
      .title = "The least-norm image that fits the measurement (control)",
      .paper = "Penrose 1955",
      .options = {},
      .cost = [](const OptionValues&, double) { return Cost{}; },
      .make = [](const OptionValues&) { return std::make_unique<PseudoInverse>(); },
      .without_noise = "",
      .takes_noise_of_brightness = true,
  };
}

}  // namespace dpsbench
