#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/noise.h"
#include "metrics/statistics/interval.h"

namespace dpsbench {

/// A bias-corrected and accelerated bootstrap interval (Efron 1987).
struct BootstrapInterval {
  double estimate = 0;  ///< the statistic of the values themselves
  double low = 0;       ///< ends of the interval; NaN where no resample lies on one side of the estimate
  double high = 0;
  double bias = 0;          ///< z0: how far, in normal deviates, the resamples' median is below the estimate
  double acceleration = 0;  ///< a: how the statistic's spread changes with its value
};

using Statistic = std::function<double(const std::vector<double>&)>;

/// BCa interval of a statistic of independent values, by `resamples` draws with replacement from `noise`
/// (Purpose::bootstrap, one stream): the same interval for the same stream. Fewer than two values give NaN ends.
/// Throws Error unless there are values, 0 < confidence < 1, 1 <= resamples < 2^24 and the noise has one stream.
BootstrapInterval bootstrap_interval(const std::vector<double>& values, const Statistic& statistic, const Noise& noise,
                                     std::int64_t resamples = 9999, double confidence = 0.95);

/// BCa interval of the mean of all values where only groups of them are independent: groups are drawn with replacement,
/// each with all its values. The interval above for groups of one value each.
BootstrapInterval bootstrap_mean(const std::vector<double>& values, const Groups& groups, const Noise& noise,
                                 std::int64_t resamples = 9999, double confidence = 0.95);

/// bootstrap_mean of one sample after the other by the same draws. These are made once for samples of as many groups
/// that follow each other, unless they are more than 2^24. `noise` outlives it.
class MeanBootstrap {
 public:
  explicit MeanBootstrap(const Noise& noise, std::int64_t resamples = 9999, double confidence = 0.95);

  [[nodiscard]] BootstrapInterval interval(const std::vector<double>& values, const Groups& groups);

 private:
  /// The numbers of the groups that a resample draws; resamples are asked for in their order.
  [[nodiscard]] std::span<const std::uint32_t> drawn(std::size_t count, std::int64_t resample);

  const Noise& noise_;
  std::int64_t resamples_;
  double confidence_;
  std::size_t count_ = 0;            ///< groups that the draws are of
  std::int64_t made_ = 0;            ///< resamples that are there
  std::vector<std::uint32_t> kept_;  ///< [resamples, groups], or one resample of too many
};

/// The interval from a statistic's estimate, its values on resamples and its values with one observation left out each.
BootstrapInterval bca_interval(double estimate, std::vector<double> resampled, const std::vector<double>& leave_one_out,
                               double confidence);

}  // namespace dpsbench
