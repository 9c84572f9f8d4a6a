#pragma once
#include <string>

namespace dpsbench {

/// For messages: "3 x 64 x 64", what Shape has as channels, height and width.
template <typename Shape>
std::string shape_text(const Shape& shape) {
  return std::to_string(shape.channels) + " x " + std::to_string(shape.height) + " x " + std::to_string(shape.width);
}

}  // namespace dpsbench
