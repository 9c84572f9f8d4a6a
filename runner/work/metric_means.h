#pragma once
#include <string>
#include <vector>

#include "results/store/unit_record.h"
#include "runner/ranks/collectives.h"

namespace dpsbench {

/// Mean of each metric over what a job did, all cells together: a first look at whether it went well, before anything
/// is put together. Infinite values (the PSNR of a perfect image) are left out.
class MetricMeans {
 public:
  /// names: of the experiment's metrics.
  explicit MetricMeans(std::vector<std::string> names);

  void add(const UnitRecord& unit);
  /// Adds up what all ranks did. Collective; once, at the end.
  void sum_over_ranks(Collectives& collectives, const at::Device& device);

  [[nodiscard]] std::int64_t images() const;
  /// "24 images, on average psnr 24.13, lpips 0.2104".
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> names_;
  Tensor sums_;    ///< [metrics] double
  Tensor counts_;  ///< [metrics + 1] double: values of each metric, then images
};

}  // namespace dpsbench
