#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE
#include <utility>

#include "core/error.h"
#include "datasets/image_decoder.h"
#include "datasets/image_file.h"

namespace dpsbench {
namespace {

/// libjpeg's state while it reads from memory. libjpeg's own error handler ends the program; this one jumps: see `run`.
class JpegReader {
 public:
  explicit JpegReader(std::string_view bytes) : bytes_(bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
  }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }

  /// Runs `body(jpeg)`; false if libjpeg jumped out of it. `body` must own nothing: its frame is dropped without
  /// destructors.
  template <typename Body>
  [[nodiscard]] bool run(const Body& body) {
    if (setjmp(jump_) != 0) return false;
    body(jpeg_);
    return true;
  }

  [[nodiscard]] const char* message() const { return message_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  static JpegReader& self(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    JpegReader& reader = self(jpeg);
    jpeg->err->format_message(jpeg, reader.message_);
    std::longjmp(reader.jump_, 1);
  }
  /// level -1: damaged data that libjpeg would go on with. Stray bytes between markers harm no pixel.
  static void on_message(j_common_ptr jpeg, int level) {
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) on_error(jpeg);
  }

  std::string_view bytes_;
  jpeg_decompress_struct jpeg_ = {};
  jpeg_error_mgr errors_ = {};
  std::jmp_buf jump_ = {};
  char message_[JMSG_LENGTH_MAX] = {};
};

/// Reads the header. Throws DataError with `name`.
ImageShape read_header(JpegReader& reader, const std::string& name) {
  std::int64_t height = 0;
  std::int64_t width = 0;
  int stored_channels = 0;
  if (!reader.run([&](jpeg_decompress_struct& jpeg) {
        jpeg_create_decompress(&jpeg);
        jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(reader.bytes().data()), reader.bytes().size());
        jpeg_read_header(&jpeg, TRUE);
        height = jpeg.image_height;
        width = jpeg.image_width;
        stored_channels = jpeg.num_components;
      }))
    throw DataError("{} is not a readable JPEG: {}", name, reader.message());
  if (stored_channels != 1 && stored_channels != 3)
    throw DataError("{} has {} colour components: only grey and RGB JPEGs are read", name, stored_channels);
  check_claimed_size(height, width, height * width * stored_channels, reader.bytes().size(), name);
  return {stored_channels, height, width};
}

}  // namespace

ImageShape jpeg_shape(std::string_view bytes, const std::string& name) {
  JpegReader reader(bytes);
  return read_header(reader, name);
}

Tensor decode_jpeg(std::string_view bytes, const std::string& name) {
  JpegReader reader(bytes);
  const ImageShape shape = read_header(reader, name);
  const std::int64_t width = shape.width;
  const std::int64_t channels = shape.channels;
  const Tensor image = at::empty({shape.height, width, channels}, at::kByte);
  auto* const pixels = image.data_ptr<std::uint8_t>();
  if (!reader.run([&](jpeg_decompress_struct& jpeg) {
        jpeg.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_start_decompress(&jpeg);
        while (jpeg.output_scanline < jpeg.output_height) {
          JSAMPROW row = pixels + static_cast<std::int64_t>(jpeg.output_scanline) * width * channels;
          jpeg_read_scanlines(&jpeg, &row, 1);
        }
        jpeg_finish_decompress(&jpeg);
      }))
    throw DataError("{} is not a readable JPEG: {}", name, reader.message());
  return image;
}

}  // namespace dpsbench
