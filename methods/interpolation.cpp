// What a person without any prior would answer: the control that every method should beat before it is compared with
// others. Denoising, blurs and jpeg: the measurement itself. Inpainting: the hidden pixels interpolated linearly
// between the seen ones (tasks/parts/harmonic_interpolation.h). Super resolution: bicubic enlargement. Colorization:
// the grey picture. Elsewhere the adjoint, or the first guess of a task that is not linear.
#include "core/method_entry.h"

namespace dpsbench {
namespace {

class Interpolation final : public Method {
 public:
  Tensor sample(const Problem& problem, Observer& observer) const override {
    const Tensor x = problem.op.trivial_estimate(problem.y);
    observer.on_step({1, 1, x, x, {}});
    return x;
  }
};

}  // namespace

MethodEntry interpolation_entry() {
  return {
      .name = "interpolation",
      .title = "The measurement, interpolated or resized; no prior (control)",
      .paper = "Keys 1981 (bicubic)",
      .options = {},
      .cost = [](const OptionValues&, double) { return Cost{}; },
      .make = [](const OptionValues&) { return std::make_unique<Interpolation>(); },
      .without_noise = "",
      .takes_noise_of_brightness = true,
  };
}

}  // namespace dpsbench
