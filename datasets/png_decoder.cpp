#include <png.h>

#include <csetjmp>
#include <cstring>

#include "core/error.h"
#include "datasets/image_decoder.h"
#include "datasets/image_file.h"

namespace dpsbench {
namespace {

/// libpng's state while it reads from memory. libpng reports an error by longjmp: see `run`.
class PngReader {
 public:
  explicit PngReader(std::string_view bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw Error("libpng could not start");
    }
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, kLongestSide, kLongestSide);
    png_set_chunk_malloc_max(png_, 16 << 20);
  }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  /// Runs `body(png, info)`; false if libpng jumped out of it. `body` must own nothing: its frame is dropped without
  /// destructors.
  template <typename Body>
  [[nodiscard]] bool run(const Body& body) {
    if (setjmp(jump_) != 0) return false;
    body(png_, info_);
    return true;
  }

  [[nodiscard]] const char* message() const { return message_; }

 private:
  static PngReader& self(void* pointer) { return *static_cast<PngReader*>(pointer); }

  [[noreturn]] static void on_error(png_structp png, const char* text) {
    PngReader& reader = self(png_get_error_ptr(png));
    std::strncpy(reader.message_, text, sizeof reader.message_ - 1);
    std::longjmp(reader.jump_, 1);
  }
  static void on_warning(png_structp, const char*) {}
  static void on_read(png_structp png, png_bytep out, std::size_t count) {
    PngReader& reader = self(png_get_io_ptr(png));
    if (count > reader.rest_.size()) png_error(png, "the file ends too early");
    std::memcpy(out, reader.rest_.data(), count);
    reader.rest_.remove_prefix(count);
  }

  std::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_ = {};
  char message_[128] = {};
};

}  // namespace

ImageShape png_shape(std::string_view bytes, const std::string& name) {
  constexpr std::size_t ihdr_end =
      29;  // 8 bytes of signature, length, "IHDR", width, height, depth, colour and three more
  if (bytes.size() < ihdr_end || bytes.substr(12, 4) != "IHDR")
    throw DataError("{} is not a readable PNG: it has no header", name);
  const auto number = [&](std::size_t at) {
    std::int64_t value = 0;
    for (std::size_t k = at; k < at + 4; ++k) value = value << 8 | static_cast<unsigned char>(bytes[k]);
    return value;
  };
  const std::int64_t width = number(16);
  const std::int64_t height = number(20);
  const std::int64_t depth = static_cast<unsigned char>(bytes[24]);
  const int colours = static_cast<unsigned char>(bytes[25]);
  const bool is_grey = colours == PNG_COLOR_TYPE_GRAY || colours == PNG_COLOR_TYPE_GRAY_ALPHA;
  check_claimed_size(height, width, 0, bytes.size(), name);
  const std::int64_t stored_channels = colours == PNG_COLOR_TYPE_RGB_ALPHA    ? 4
                                       : colours == PNG_COLOR_TYPE_RGB        ? 3
                                       : colours == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                                              : 1;
  check_claimed_size(height, width, height * ((width * stored_channels * depth + 7) / 8), bytes.size(), name);
  return {is_grey ? 1 : 3, height, width};
}

namespace {

constexpr const char* kTransparent =
    "{} is transparent in places, where its colours depend on what lies behind: flatten it first";

/// Rows [H, W, C] as libpng unpacks them, 16 bits as the machine's own int16.
struct PngRows {
  Tensor samples;
  bool has_alpha;
};

/// Drops an alpha channel that is opaque everywhere; the others' numbers are 0 .. `most`.
Tensor without_alpha(const PngRows& rows, std::int64_t most, const std::string& name) {
  if (!rows.has_alpha) return rows.samples;
  const std::int64_t colours = rows.samples.size(2) - 1;
  if (!rows.samples.narrow(2, colours, 1).eq(most).all().item<bool>()) throw DataError(kTransparent, name);
  return rows.samples.narrow(2, 0, colours);
}

}  // namespace

Tensor decode_png(std::string_view bytes, const std::string& name, Fidelity fidelity) {
  PngReader reader(bytes);
  const auto fail = [&] { throw DataError("{} is not a readable PNG: {}", name, reader.message()); };
  const bool whole = fidelity == Fidelity::whole;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  int depth = 8;
  int passes = 1;
  if (!reader.run([&](png_structp png, png_infop info) {
        png_read_info(png, info);
        png_set_expand(png);
        if (whole) {
          png_set_swap(png);  // 16 bits are stored with the high byte first
        } else {
          png_set_scale_16(png);
          png_set_strip_alpha(png);
        }
        passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        height = png_get_image_height(png, info);
        width = png_get_image_width(png, info);
        channels = png_get_channels(png, info);
        depth = png_get_bit_depth(png, info);
      }))
    fail();

  const Tensor image = at::empty({height, width, channels * depth / 8}, at::kByte);
  auto* const pixels = image.data_ptr<std::uint8_t>();
  if (!reader.run([&](png_structp png, png_infop) {
        for (int pass = 0; pass < passes; ++pass)
          for (std::int64_t row = 0; row < height; ++row)
            png_read_row(png, pixels + row * width * channels * depth / 8, nullptr);
        png_read_end(png, nullptr);
      }))
    fail();
  const bool has_alpha = channels == 2 || channels == 4;
  if (depth == 8) return without_alpha({image, has_alpha}, 255, name);
  return without_alpha({image.view(at::kShort).to(at::kInt).bitwise_and(0xffff), has_alpha}, 0xffff, name);
}

}  // namespace dpsbench
