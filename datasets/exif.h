#pragma once
#include <string_view>

#include "core/tensor.h"

namespace dpsbench {

/// How a camera was held, as EXIF tells it: 1 is upright, 2 to 8 are the turned and mirrored ones (EXIF 2.3, tag
/// 0x0112).
using Orientation = int;

/// The orientation in an APP1 segment of a JPEG ("Exif", then a TIFF header and its first directory); 1 where it holds
/// none, or none that can be read.
Orientation orientation_in(std::string_view app1);

/// Whether an image of this orientation is shown with height and width exchanged.
constexpr bool lies_on_its_side(Orientation orientation) { return orientation >= 5; }

/// Pixels as stored, [H, W, C], as they are to be shown.
Tensor upright(const Tensor& pixels, Orientation orientation);

/// The orientation that a JPEG's bytes tell; 1 for other files. Looks at the segments before the picture's data alone.
Orientation orientation_of(std::string_view file);

}  // namespace dpsbench
