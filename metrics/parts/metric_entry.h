#pragma once
#include <functional>
#include <optional>
#include <string>

#include "core/tensor.h"
#include "metrics/parts/lpips.h"

namespace dpsbench {

/// What a metric may look at: one batch of images.
struct MetricInputs {
  Tensor sample;       ///< [B, C, H, W] in [0, 1] (to_unit_range)
  Tensor reference;    ///< the true images, likewise
  Tensor residual;     ///< A x - y, [B, ...] in the units of [-1, 1] images; undefined where there is no measurement
  Tensor measured;     ///< 1 where y was measured, 0 elsewhere, broadcast to `residual`; undefined: everywhere
  double sigma_y = 0;  ///< of the measurement, in the units of [-1, 1] images
};

/// What a metric of whole posteriors may look at: the S samples of each image of a batch, and what is exact. All in
/// [-1, 1] units, on the CPU.
struct PosteriorInputs {
  Tensor samples;       ///< [B, S, C, H, W], as the sampler left them
  Tensor truth;         ///< [B, C, H, W], drawn from the prior
  Tensor mean;          ///< of the exact posterior, [B, C, H, W]
  Tensor deviation;     ///< of each of its pixels, [B, C, H, W]
  Tensor draws;         ///< [B, M, C, H, W], exact ones
  Tensor mode_weights;  ///< [B, K]; undefined where the posterior has no modes
  Tensor mode_shares;   ///< of the samples, [B, S, K]; likewise
};

/// What a metric may look at that needs neither truth nor exact posterior: the S samples of each image of a batch, and
/// at each the score of the posterior that is aimed at. All in [-1, 1] units, on the CPU.
struct ScoreInputs {
  Tensor samples;      ///< [B, S, C, H, W], as the sampler left them
  Tensor scores;       ///< grad log p(x | y) there, likewise
  double sigma_y = 0;  ///< of the measurement
};

/// Which values of a metric are good.
enum class Better { higher, lower, near_target };

using MetricFunction = std::function<Tensor(const MetricInputs&)>;

/// A metric: one number an image, which depends on that image alone. It judges a sample (`make`), or all samples of the
/// image by its exact posterior (`of_posterior`) or by that posterior's score (`of_score`).
struct MetricEntry {
  std::string name;        ///< as experiment files write it
  std::string title;       ///< for table heads
  std::string unit;        ///< "dB", or empty
  std::string convention;  ///< range, definition and source in one line, stored with the numbers
  Better better = Better::higher;
  double target = 1;                    ///< the best value of one that is good near it
  int decimals = 3;                     ///< that tables print
  std::optional<LpipsNetwork> weights;  ///< the network whose weights it needs
  bool needs_measurement = false;       ///< reads residual and sigma_y

  /// Throws UserError when images of that shape cannot be measured.
  std::function<void(const ImageShape&)> check;

  /// Binds the weights (read only where `weights` is set) to a device. The function returns [B] double.
  std::function<MetricFunction(const WeightMap& weights, const at::Device& device)> make;

  std::function<Tensor(const PosteriorInputs&)> of_posterior = {};  ///< [B] double
  std::function<Tensor(const ScoreInputs&)> of_score = {};          ///< [B] double
  std::int64_t least_samples = 1;                                   ///< of an image
  bool needs_modes = false;                                         ///< the posterior must be a sum of modes

  /// Whether it judges all samples of an image together, while the prior is at hand.
  [[nodiscard]] bool is_of_all_samples() const { return of_posterior || of_score; }

  /// What is smaller the better the value: -value, value or |value - target|. Comparisons of methods are made of it.
  [[nodiscard]] double loss(double value) const;
};

/// A check that the images' sides are `side` or more. For MetricEntry::check.
std::function<void(const ImageShape&)> at_least(const std::string& name, std::int64_t side);

/// A metric of two images without weights, from a function of sample and reference. For MetricEntry::make.
template <typename Function>
auto pairwise(Function function) {
  return [function](const WeightMap&, const at::Device&) -> MetricFunction {
    return [function](const MetricInputs& inputs) { return function(inputs.sample, inputs.reference); };
  };
}

}  // namespace dpsbench
