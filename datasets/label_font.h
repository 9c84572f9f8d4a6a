#pragma once
#include <vector>

namespace dpsbench {

/// Height of a line of letters, in pixels.
inline constexpr int kLineHeight = 18;

/// The picture of one letter.
struct Glyph {
  char32_t code;         ///< Unicode
  int advance;           ///< from this letter's origin to the next one's, pixels
  int left;              ///< of the picture, from the origin
  int top;               ///< of the picture, from the line's top
  int width;             ///< of the picture
  const char* coverage;  ///< a hexadecimal digit a pixel, row by row: 0 clear, f ink
};

/// All letters there are, by code: ASCII and some of Greek and mathematics.
const std::vector<Glyph>& label_glyphs();

}  // namespace dpsbench
