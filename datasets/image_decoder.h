#pragma once
#include <string>
#include <string_view>

#include "core/tensor.h"
#include "datasets/image_file.h"

namespace dpsbench {

/// The shape that decode_png gives, from the header alone. Throws DataError with `name`: no header, sides too long,
/// more pixels than the file can hold.
ImageShape png_shape(std::string_view bytes, const std::string& name);

/// Decodes a PNG to [H, W, 1 or 3] uint8, or int32 in 0 .. 65535 where it keeps 16 bits. Throws DataError with `name`
/// and libpng's reason.
Tensor decode_png(std::string_view bytes, const std::string& name, Fidelity fidelity);

/// The shape that decode_jpeg gives, from the header alone. Throws DataError likewise.
ImageShape jpeg_shape(std::string_view bytes, const std::string& name);

/// Decodes a JPEG to [H, W, 1 or 3] uint8, as it lies in the file, whatever its EXIF orientation. Throws DataError
/// with `name` and libjpeg's reason; damage that libjpeg would paper over with grey is an error too.
Tensor decode_jpeg(std::string_view bytes, const std::string& name);

/// Throws DataError unless the sides lie in 1..kLongestSide and `file_bytes` compressed bytes can hold `raw_bytes` of
/// pixels: neither deflate nor JPEG's Huffman codes shrink more than about 1032 to 1. Bounds what a few bytes of a
/// broken file can make us allocate.
void check_claimed_size(std::int64_t height, std::int64_t width, std::int64_t raw_bytes, std::size_t file_bytes,
                        const std::string& name);

}  // namespace dpsbench
