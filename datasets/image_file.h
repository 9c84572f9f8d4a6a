#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/tensor.h"

namespace dpsbench {

/// Longest side of an image that is read, in pixels.
inline constexpr std::int64_t kLongestSide = 16384;

/// How faithfully a picture is read. `eight_bits`: channels of 16 bits are rounded to 8, transparency is dropped.
/// `whole`: channels of 16 bits keep them, and a picture that is transparent anywhere is a DataError.
enum class Fidelity { eight_bits, whole };

/// A grey ([1, H, W]) or colour ([3, H, W]) image from a PNG or JPEG file, float32 in [-1, 1]: a byte v becomes
/// v / 255 * 2 - 1. Palettes are expanded, colour profiles and JPEGs' EXIF orientation ignored, as
/// authors' loaders do (PIL without exif_transpose).
/// The format is told from the content, not from the name. Throws DataError naming the file when it is missing,
/// truncated, corrupt, neither format, CMYK, or longer than kLongestSide.
Tensor read_image(const std::filesystem::path& path, Fidelity fidelity = Fidelity::eight_bits);

/// The same from a file's bytes; `name` stands for the file in messages.
Tensor decode_image(std::string_view bytes, const std::string& name, Fidelity fidelity = Fidelity::eight_bits);

/// The same as a viewer shows it: a JPEG turned as its EXIF orientation tells. For a picture of a user's own.
Tensor decode_upright(std::string_view bytes, const std::string& name);

/// The shape that decode_image would give, from the picture's header alone. Throws DataError as it does.
ImageShape encoded_shape(std::string_view bytes, const std::string& name);

/// Bytes as an image: [..., H, W] uint8 -> float32 in [-1, 1].
Tensor image_from_bytes(const Tensor& bytes);

/// An image as bytes, clamped and rounded: float in [-1, 1] -> uint8; image_from_bytes is undone exactly.
Tensor bytes_from_image(const Tensor& image);

/// Writes [1, H, W] or [3, H, W] in [-1, 1] (clamped, rounded; NaN black) as an 8-bit PNG, durably
/// (results/files/durable_file.h). Throws DataError naming a file that cannot be written, Error for another shape.
void write_png(const std::filesystem::path& path, const Tensor& image);

/// The bytes of that file.
std::string encode_png(const Tensor& image);

/// All of a file of at most 1 GiB. Throws DataError when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace dpsbench
