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

Tensor decode_png(std::string_view bytes, const std::string& name) {
  PngReader reader(bytes);
  const auto fail = [&] { throw DataError("{} is not a readable PNG: {}", name, reader.message()); };

  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t stored_bytes = 0;
  if (!reader.run([&](png_structp png, png_infop info) {
        png_read_info(png, info);
        height = png_get_image_height(png, info);
        width = png_get_image_width(png, info);
        stored_bytes = height * static_cast<std::int64_t>(png_get_rowbytes(png, info));
      }))
    fail();
  check_claimed_size(height, width, stored_bytes, bytes.size(), name);

  std::int64_t channels = 0;
  int passes = 1;
  if (!reader.run([&](png_structp png, png_infop info) {
        png_set_expand(png);
        png_set_scale_16(png);
        png_set_strip_alpha(png);
        passes = png_set_interlace_handling(png);
        png_read_update_info(png, info);
        channels = png_get_channels(png, info);
      }))
    fail();

  const Tensor image = at::empty({height, width, channels}, at::kByte);
  auto* const pixels = image.data_ptr<std::uint8_t>();
  if (!reader.run([&](png_structp png, png_infop) {
        for (int pass = 0; pass < passes; ++pass)
          for (std::int64_t row = 0; row < height; ++row) png_read_row(png, pixels + row * width * channels, nullptr);
        png_read_end(png, nullptr);
      }))
    fail();
  return image;
}

}  // namespace dpsbench
