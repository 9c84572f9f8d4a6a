#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/exact_posterior.h"
#include "datasets/image_source.h"

namespace dpsbench {

/// 100,000 images drawn from a law, each when it is read: image i is a function of the seed, the data set's name and i
/// alone. `law` must outlive the source.
std::shared_ptr<const ImageSource> drawn_images(const std::string& dataset, std::uint64_t seed,
                                                const TractablePrior& law);

}  // namespace dpsbench
