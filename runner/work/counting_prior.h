#pragma once
#include <memory>

#include "core/prior.h"

namespace dpsbench {

/// A prior that counts in `images_evaluated` how often it is asked, image by image: the cost of a sampler as it really
/// was. What a prior knows of its scores and posteriors it knows still. Both arguments must outlive it.
std::unique_ptr<Prior> make_counting(const Prior& prior, std::int64_t& images_evaluated);

}  // namespace dpsbench
