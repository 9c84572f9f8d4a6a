#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// For messages: "3 x 64 x 64", channels, height and width.
inline std::string to_text(const ImageShape& shape) {
  return std::to_string(shape.channels) + " x " + std::to_string(shape.height) + " x " + std::to_string(shape.width);
}

}  // namespace dpsbench
