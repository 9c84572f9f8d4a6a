#include <zlib.h>

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"

namespace dpsbench {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kLargestFile = std::size_t{4} << 30;  // unpacked

/// A file's content, unpacked if it is gzipped.
std::string read_unpacked(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw DataError("{} cannot be read", path.string());
  std::string content;
  std::string chunk(1 << 16, '\0');
  int count = 0;
  while ((count = gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    content.append(chunk, 0, static_cast<std::size_t>(count));
    if (content.size() > kLargestFile) throw DataError("{} unpacks to more than 4 GiB", path.string());
  }
  int error = Z_OK;
  const char* const reason = gzerror(file.get(), &error);
  if (error != Z_OK) throw DataError("{} is truncated or corrupt: {}", path.string(), reason);
  return content;
}

std::int64_t big_endian(const std::string& bytes, std::size_t at) {
  std::int64_t value = 0;
  for (std::size_t k = at; k < at + 4; ++k) value = value << 8 | static_cast<unsigned char>(bytes[k]);
  return value;
}

class IdxSource final : public ImageSource {
 public:
  IdxSource(std::string name, std::string content, std::int64_t images, std::int64_t height, std::int64_t width)
      : ImageSource(position_ids(images)),
        name_(std::move(name)),
        content_(std::move(content)),
        height_(height),
        width_(width) {}

  [[nodiscard]] Tensor read(std::int64_t position) const override {
    const Tensor pixels = at::empty({1, height_, width_}, at::kByte);
    const std::string_view bytes = stored(position);
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(pixels.data_ptr<std::uint8_t>()));
    return image_from_bytes(pixels);
  }
  [[nodiscard]] std::string digest(std::int64_t position) const override { return sha256(stored(position)); }
  [[nodiscard]] std::string describe(std::int64_t position) const override {
    return fmt::format("image {} of {}", position, name_);
  }
  [[nodiscard]] bool pads() const override { return true; }

 private:
  [[nodiscard]] std::string_view stored(std::int64_t position) const {
    const auto bytes = static_cast<std::size_t>(height_ * width_);
    return std::string_view(content_).substr(kHeaderBytes + static_cast<std::size_t>(position) * bytes, bytes);
  }

  std::string name_;
  std::string content_;
  std::int64_t height_;
  std::int64_t width_;
};

}  // namespace

std::unique_ptr<ImageSource> open_idx_images(const std::filesystem::path& file) {
  std::string content = read_unpacked(file);
  const std::string name = file.string();
  if (content.size() < kHeaderBytes || big_endian(content, 0) != 0x803)
    throw DataError("{} is neither an HDF5 file nor an idx file of byte images", name);
  const std::int64_t images = big_endian(content, 4);
  const std::int64_t height = big_endian(content, 8);
  const std::int64_t width = big_endian(content, 12);
  if (images < 1 || height < 1 || width < 1 || height > kLongestSide || width > kLongestSide)
    throw DataError("{} holds {} images of {} x {} pixels: sides of 1 to {} are read", name, images, width, height,
                    kLongestSide);
  const auto bytes = static_cast<std::int64_t>(content.size() - kHeaderBytes);
  // divided, not multiplied: three 32-bit numbers of a broken file overflow
  if (bytes % (height * width) != 0 || bytes / (height * width) != images)
    throw DataError("{} should hold {} images of {} x {} pixels, but {} bytes follow its header", name, images, width,
                    height, bytes);
  return std::make_unique<IdxSource>(name, std::move(content), images, height, width);
}

}  // namespace dpsbench
