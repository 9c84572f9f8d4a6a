#pragma once
#include "core/observer.h"
#include "priors/mixture/prior.h"
#include "toy/experiment.h"

namespace dpsbench {

/// Samples umbrella windows by the registered methods: a sample is an image of 1 x 1 x D pixels, its window an
/// inpainting problem that measures one pixel as the window's centre with noise as wide as the window.
class WindowSampler {
 public:
  explicit WindowSampler(const ToyExperiment& experiment);

  /// The samples of a unit, [count, D], double. Noise is keyed by window centre and sample: methods with windows at the
  /// same place get the same numbers. Throws NumericError naming method and window when they leave the finite numbers.
  [[nodiscard]] Tensor sample(const ToyUnit& unit, Observer& observer) const;

 private:
  const ToyExperiment& experiment_;
  GaussianMixturePrior prior_;
};

}  // namespace dpsbench
