#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// One picture of a contact sheet.
struct ContactCell {
  Tensor image;         ///< [1 or 3, H, W] in [-1, 1]; undefined: an empty place
  std::string caption;  ///< a line below the picture; may be empty
};

/// One line of pictures.
struct ContactRow {
  std::string label;               ///< at the left; may be empty
  std::vector<ContactCell> cells;  ///< at most one a column
};

/// A table of pictures with headings. Labels are UTF-8 and are broken into lines where they are long.
struct ContactSheet {
  std::vector<std::string> columns;  ///< headings; may be empty strings
  std::vector<ContactRow> rows;
  std::int64_t cell_side = 128;  ///< about how large pictures are shown, in pixels
};

/// Draws the sheet on a light background: [3, H, W] in [-1, 1], for write_png. Pictures are enlarged by whole factors,
/// each pixel a square, so that the largest is near cell_side; smaller ones (low resolution) grow until they fill the
/// same place. Throws Error when a row has more cells than there are columns, or nothing to draw.
Tensor draw_contact_sheet(const ContactSheet& sheet);

}  // namespace dpsbench
