#include "datasets/image_file.h"

#include <png.h>

#include <memory>

#include "core/error.h"
#include "core/files/file_kind.h"
#include "core/files/text.h"
#include "datasets/exif.h"
#include "datasets/image_decoder.h"
#include "results/files/durable_file.h"

namespace dpsbench {
namespace {

constexpr std::int64_t kStrongestCompression = 1032;  // of deflate; JPEG stays below
constexpr std::size_t kLargestPicture = std::size_t{1} << 30;
constexpr std::int64_t kSmallImage = 1 << 16;  // bytes that any header may ask for

}  // namespace

void check_claimed_size(std::int64_t height, std::int64_t width, std::int64_t raw_bytes, std::size_t file_bytes,
                        const std::string& name) {
  if (height < 1 || width < 1 || height > kLongestSide || width > kLongestSide)
    throw DataError("{} has {} x {} pixels: sides of 1 to {} are read", name, width, height, kLongestSide);
  if (raw_bytes > kSmallImage + kStrongestCompression * static_cast<std::int64_t>(file_bytes))
    throw DataError("{} claims {} x {} pixels, which its {} bytes cannot hold: it is truncated or corrupt", name, width,
                    height, file_bytes);
}

std::string read_file(const std::filesystem::path& path) {
  try {
    return read_regular_file(path, kLargestPicture);
  } catch (const UserError& error) {
    throw DataError(std::string(error.what()));
  }
}

Tensor image_from_bytes(const Tensor& bytes) { return bytes.to(at::kFloat).div_(255).mul_(2).sub_(1); }

Tensor bytes_from_image(const Tensor& image) {
  return image.detach().to(at::kFloat).nan_to_num(-1).clamp_(-1, 1).add_(1).mul_(127.5).round_().to(at::kByte);
}

namespace {

bool is_png(std::string_view bytes) { return bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n"; }
bool is_jpeg(std::string_view bytes) { return bytes.substr(0, 3) == "\xff\xd8\xff"; }

}  // namespace

ImageShape encoded_shape(std::string_view bytes, const std::string& name) {
  if (is_png(bytes)) return png_shape(bytes, name);
  if (is_jpeg(bytes)) return jpeg_shape(bytes, name);
  throw DataError("{} is neither a PNG nor a JPEG file{}", name, kind_in_words(bytes));
}

Tensor decode_image(std::string_view bytes, const std::string& name, Fidelity fidelity) {
  static_cast<void>(encoded_shape(bytes, name));  // sizes are judged before memory is taken
  const Tensor pixels = is_png(bytes) ? decode_png(bytes, name, fidelity) : decode_jpeg(bytes, name);
  const Tensor planes = pixels.permute({2, 0, 1}).contiguous();
  if (planes.scalar_type() == at::kByte) return image_from_bytes(planes);
  return planes.to(at::kFloat).div_(65535).mul_(2).sub_(1);
}

Tensor decode_upright(std::string_view bytes, const std::string& name) {
  const Tensor pixels = decode_image(bytes, name).permute({1, 2, 0});
  return upright(pixels, orientation_of(bytes)).permute({2, 0, 1}).contiguous();
}

Tensor read_image(const std::filesystem::path& path, Fidelity fidelity) {
  return decode_image(read_file(path), path.string(), fidelity);
}

namespace {

constexpr std::int64_t rows_at_once = 64;

/// An image as libpng's simplified interface takes it.
struct PngPixels {
  png_image head = {};
  Tensor bytes;  ///< [H, W, C]

  explicit PngPixels(const Tensor& image) {
    if (image.dim() != 3 || (image.size(0) != 1 && image.size(0) != 3) || image.numel() == 0)
      throw Error(
          fmt::format("a PNG needs [1 or 3, H, W], not {} dimensions of {} numbers", image.dim(), image.numel()));
    bytes = at::empty({image.size(1), image.size(2), image.size(0)}, at::kByte);
    for (std::int64_t row = 0; row < image.size(1); row += rows_at_once) {  // a sheet is large, and is not held twice
      const Tensor rows = image.slice(1, row, row + rows_at_once).cpu();
      bytes.slice(0, row, row + rows_at_once).copy_(bytes_from_image(rows).permute({1, 2, 0}));
    }
    head.version = PNG_IMAGE_VERSION;
    head.height = static_cast<png_uint_32>(bytes.size(0));
    head.width = static_cast<png_uint_32>(bytes.size(1));
    head.format = bytes.size(2) == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  }
};

}  // namespace

void write_png(const std::filesystem::path& path, const Tensor& image) {
  write_durably(path, as_bytes(encode_png(image)));
}

std::string encode_png(const Tensor& image) {
  PngPixels png(image);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png.head);
  const auto file = std::make_unique_for_overwrite<char[]>(size);
  if (png_image_write_to_memory(&png.head, file.get(), &size, 0, png.bytes.const_data_ptr(), 0, nullptr) == 0)
    throw Error(fmt::format("cannot encode a PNG: {}", png.head.message));
  return {file.get(), size};
}

}  // namespace dpsbench
