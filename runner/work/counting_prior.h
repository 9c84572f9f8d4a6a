#pragma once
#include <cstdint>
#include <memory>

#include "core/prior.h"

namespace dpsbench {

/// What a sampler really asked of a prior, image by image.
struct PriorUse {
  std::int64_t evaluations = 0;
  std::int64_t passes_back = 0;  ///< one that serves several cotangents counts once
};

/// A prior that counts in `use` what it is asked: the cost of a sampler as it really was. What a prior knows of its
/// scores and posteriors it knows still. Both arguments must outlive it.
std::unique_ptr<Prior> make_counting(const Prior& prior, PriorUse& use);

}  // namespace dpsbench
