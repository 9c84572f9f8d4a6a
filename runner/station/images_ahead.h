#pragma once
#include <future>
#include <map>
#include <vector>

#include "datasets/dataset.h"

namespace dpsbench {

/// Reads images on a thread of its own before they are asked for: those of the next batch while this one is sampled. A
/// wrong guess of what is next costs its reading and nothing else. For one caller.
class ImagesAhead {
 public:
  /// `dataset` must outlive it.
  explicit ImagesAhead(const Dataset& dataset) : dataset_(dataset) {}

  /// Begins to read these images, in their order, once those of the call before are read, which stay at hand until the
  /// next call; all others are let go. Nothing is read ahead of drawn images: to draw is to compute, and the device is
  /// busy.
  void read(const std::vector<std::int64_t>& positions);

  /// The image as Dataset::load() has it; throws as that does. One that is read ahead is waited for.
  [[nodiscard]] Tensor load(std::int64_t position) const;

 private:
  using Images = std::map<std::int64_t, std::shared_future<Tensor>>;

  const Dataset& dataset_;
  Images now_;                 ///< of the call before the last
  Images next_;                ///< of the last call
  std::future<void> reading_;  ///< last: to destroy it is to wait for its thread
};

}  // namespace dpsbench
