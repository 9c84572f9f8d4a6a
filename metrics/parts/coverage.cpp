#include "metrics/parts/coverage.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"
#include "core/noise.h"
#include "core/sha256.h"

namespace dpsbench {
namespace {

/// The value at a real rank 1..S of samples sorted along dimension 1.
Tensor at_rank(const Tensor& sorted, double rank) {
  const double whole = std::floor(rank);
  const auto index = static_cast<std::int64_t>(whole) - 1;
  const std::int64_t next = std::min(index + 1, sorted.size(1) - 1);
  return at::lerp(sorted.select(1, index), sorted.select(1, next), rank - whole);
}

/// Uniform numbers in (0, 1), [N, ...] double: of each problem its own, by the digest of its truth.
Tensor uniform_of(const Tensor& truth) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < truth.size(0); ++i) {
    const Tensor row = truth[i].cpu().contiguous();
    streams.push_back({"coverage", sha256(row.data_ptr(), row.nbytes()), 0});
  }
  const PhiloxNoise noise(0, streams);
  const std::vector<std::int64_t> shape = truth.sizes().slice(1).vec();
  return noise.uniform(Purpose::bootstrap, 0, shape, at::kFloat).to(truth.device(), at::kDouble);
}

}  // namespace

Tensor central_coverage(const Tensor& samples, const Tensor& truth, double level) {
  if (samples.dim() < 2 || truth.dim() != samples.dim() - 1 || truth.sizes() != samples.select(1, 0).sizes())
    throw Error(fmt::format("coverage takes samples [N, S, ...] and truth [N, ...]; these are [{}] and [{}]",
                            fmt::join(samples.sizes(), ", "), fmt::join(truth.sizes(), ", ")));
  const std::int64_t count = samples.size(1);
  const double outside = (1 - level) / 2 * static_cast<double>(count + 1);  // the lower quantile's rank
  constexpr double rounding = 1e-9;
  if (!(level > 0) || !(outside >= 1 - rounding))
    throw Error(fmt::format("a central interval of level {} takes 0 < level < 1 and at least {} samples; there are {}",
                            level, std::ceil(2 / (1 - level) - 1 - rounding), count));
  const double lower = std::max(outside, 1.0);
  const Tensor sorted = std::get<0>(samples.to(at::kDouble).sort(1));
  const Tensor value = truth.to(at::kDouble);
  const double upper = static_cast<double>(count + 1) - lower;
  Tensor inside = (value >= at_rank(sorted, lower)).logical_and(value <= at_rank(sorted, upper));
  const Tensor equal = (sorted == value.unsqueeze(1)).sum(1);
  if (equal.any().item<bool>()) {
    const Tensor place = (sorted < value.unsqueeze(1)).sum(1) + uniform_of(truth) * (equal + 1);  // in (0, S + 1)
    inside = at::where(equal > 0, (place >= lower).logical_and(place <= upper), inside);
  }
  return inside.to(at::kDouble).reshape({truth.size(0), -1}).mean(1);
}

}  // namespace dpsbench
