#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "metrics/registry.h"

namespace dpsbench {

/// The metrics of an experiment, with their weights on a device: made once, used for every unit.
class MetricSet {
 public:
  /// names: as in experiment files, each once. lpips_weights: of one network; null if there is none.
  /// Throws UserError for an unknown or repeated name and for a metric whose weights are missing; DataError for weights
  /// that do not fit.
  MetricSet(const std::vector<std::string>& names, const WeightMap* lpips_weights, const at::Device& device);

  /// Throws UserError if a metric cannot measure images of that shape.
  void check(const ImageShape& shape) const;

  /// Whether a metric reads the residual and sigma_y.
  [[nodiscard]] bool needs_measurement() const;

  /// Whether a metric judges all samples of an image by its exact posterior.
  [[nodiscard]] bool needs_posterior() const;

  /// Whether a metric judges all samples of an image by its posterior's score.
  [[nodiscard]] bool needs_score() const;

  /// Every metric of a sample of a batch but those `known`, by name: [B] double on the CPU. Throws Error for a wrong
  /// shape or range.
  [[nodiscard]] std::map<std::string, Tensor> evaluate(const MetricInputs& inputs,
                                                       const std::set<std::string>& known = {}) const;

  /// Every metric of all samples of a batch, likewise: those by exact posteriors, those by scores.
  [[nodiscard]] std::map<std::string, Tensor> evaluate(const PosteriorInputs& inputs) const;
  [[nodiscard]] std::map<std::string, Tensor> evaluate(const ScoreInputs& inputs) const;

 private:
  struct Bound {
    const MetricEntry* entry;
    MetricFunction function;  ///< empty for metrics of whole posteriors
  };
  at::Device device_;
  std::vector<Bound> bound_;
};

}  // namespace dpsbench
