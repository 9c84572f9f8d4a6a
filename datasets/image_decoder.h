#pragma once
#include <string>
#include <string_view>

#include "core/tensor.h"

namespace dpsbench {

/// Decodes a PNG to [H, W, 1 or 3] uint8. Throws DataError with `name` and libpng's reason.
Tensor decode_png(std::string_view bytes, const std::string& name);

/// Decodes a JPEG to [H, W, 1 or 3] uint8. Throws DataError with `name` and libjpeg's reason; damage that libjpeg would
/// paper over with grey is an error too.
Tensor decode_jpeg(std::string_view bytes, const std::string& name);

/// Throws DataError unless the sides lie in 1..kLongestSide and `file_bytes` compressed bytes can hold `raw_bytes` of
/// pixels: neither deflate nor JPEG's Huffman codes shrink more than about 1032 to 1. Bounds what a few bytes of a
/// broken file can make us allocate.
void check_claimed_size(std::int64_t height, std::int64_t width, std::int64_t raw_bytes, std::size_t file_bytes,
                        const std::string& name);

}  // namespace dpsbench
