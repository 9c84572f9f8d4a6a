#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/tensor.h"

namespace dpsbench {

/// Longest side of an image that is read, in pixels.
inline constexpr std::int64_t kLongestSide = 16384;

/// A grey ([1, H, W]) or colour ([3, H, W]) image from a PNG or JPEG file, float32 in [-1, 1]: a byte v becomes
/// v / 255 * 2 - 1. Palettes are expanded, 16-bit channels rounded to 8, transparency dropped, colour profiles and EXIF
/// orientation ignored. The format is told from the content, not from the name. Throws DataError naming the file when
/// it is missing, truncated, corrupt, neither format, CMYK, or longer than kLongestSide.
Tensor read_image(const std::filesystem::path& path);

/// The same from a file's bytes; `name` stands for the file in messages.
Tensor decode_image(std::string_view bytes, const std::string& name);

/// Bytes as an image: [..., H, W] uint8 -> float32 in [-1, 1].
Tensor image_from_bytes(const Tensor& bytes);

/// An image as bytes, clamped and rounded: float in [-1, 1] -> uint8; image_from_bytes is undone exactly.
Tensor bytes_from_image(const Tensor& image);

/// Writes [1, H, W] or [3, H, W] in [-1, 1] (clamped, rounded; NaN black) as an 8-bit PNG, durably
/// (results/files/durable_file.h). Throws DataError naming a file that cannot be written, Error for another shape.
void write_png(const std::filesystem::path& path, const Tensor& image);

/// The bytes of that file.
std::string encode_png(const Tensor& image);

/// All of a file. Throws DataError when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace dpsbench
