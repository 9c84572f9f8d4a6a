#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// Width of a line of UTF-8 text in pixels.
std::int64_t text_width(const std::string& text);

/// Breaks text at blanks, and at newlines, into lines no wider than `width` pixels; longer words stand alone.
std::vector<std::string> wrapped(const std::string& text, std::int64_t width);

/// Draws a line of UTF-8 text with its upper left corner at (x, y) of `canvas` [3, H, W], mixing `ink` (a value of the
/// canvas, the same in each channel) in. What lies outside is cut off; letters the font lacks become '?'.
void draw_text(const Tensor& canvas, const std::string& text, std::int64_t x, std::int64_t y, float ink);

}  // namespace dpsbench
