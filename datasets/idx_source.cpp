#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"

namespace dpsbench {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kLargestFile = std::size_t{4} << 30;  // unpacked
constexpr std::size_t kStrongestDeflate = 1032;

/// A file that is gzipped, or not.
class Unpacked {
 public:
  explicit Unpacked(const std::filesystem::path& path)
      : name_(path.string()), file_(gzopen(path.c_str(), "rb"), gzclose) {
    if (!file_) throw DataError("{} cannot be read", name_);
  }

  /// The next `most` bytes, or what there is of them.
  std::string read(std::size_t most) {
    std::string bytes(most, '\0');
    std::size_t got = 0;
    while (got < most) {
      const std::size_t step = std::min<std::size_t>(most - got, 1 << 20);
      const int count = gzread(file_.get(), bytes.data() + got, static_cast<unsigned>(step));
      if (count <= 0) break;
      got += static_cast<std::size_t>(count);
    }
    int error = Z_OK;
    const char* const reason = gzerror(file_.get(), &error);
    if (error != Z_OK) throw DataError("{} is truncated or corrupt: {}", name_, reason);
    bytes.resize(got);
    return bytes;
  }

 private:
  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

std::int64_t big_endian(const std::string& bytes, std::size_t at) {
  std::int64_t value = 0;
  for (std::size_t k = at; k < at + 4; ++k) value = value << 8 | static_cast<unsigned char>(bytes[k]);
  return value;
}

class IdxSource final : public ImageSource {
 public:
  IdxSource(std::string name, std::string pixels, std::int64_t images, std::int64_t height, std::int64_t width)
      : ImageSource(position_ids(images)),
        name_(std::move(name)),
        pixels_(std::move(pixels)),
        height_(height),
        width_(width) {}

  [[nodiscard]] std::string content(std::int64_t position) const override {
    const auto bytes = static_cast<std::size_t>(height_ * width_);
    return pixels_.substr(static_cast<std::size_t>(position) * bytes, bytes);
  }
  [[nodiscard]] ImageShape shape(const std::string&, std::int64_t) const override { return {1, height_, width_}; }
  [[nodiscard]] Tensor decode(const std::string& content, std::int64_t) const override {
    const Tensor pixels = at::empty({1, height_, width_}, at::kByte);
    std::copy(content.begin(), content.end(), reinterpret_cast<char*>(pixels.data_ptr<std::uint8_t>()));
    return image_from_bytes(pixels);
  }
  [[nodiscard]] std::string describe(std::int64_t position) const override {
    return fmt::format("image {} of {}", position, name_);
  }
  [[nodiscard]] bool pads() const override { return true; }

 private:
  std::string name_;
  std::string pixels_;  ///< of all images
  std::int64_t height_;
  std::int64_t width_;
};

}  // namespace

std::unique_ptr<ImageSource> open_idx_images(const std::filesystem::path& file) {
  const std::string name = file.string();
  Unpacked unpacked(file);
  const std::string header = unpacked.read(kHeaderBytes);
  if (header.size() < kHeaderBytes || big_endian(header, 0) != 0x803)
    throw DataError("{} is neither an HDF5 file nor an idx file of byte images", name);
  const std::int64_t images = big_endian(header, 4);
  const std::int64_t height = big_endian(header, 8);
  const std::int64_t width = big_endian(header, 12);
  if (images < 1 || height < 1 || width < 1 || height > kLongestSide || width > kLongestSide)
    throw DataError("{} holds {} images of {} x {} pixels: sides of 1 to {} are read", name, images, width, height,
                    kLongestSide);
  const std::size_t claimed = static_cast<std::size_t>(images) * static_cast<std::size_t>(height * width);
  if (claimed > kLargestFile) throw DataError("{} unpacks to more than 4 GiB", name);
  if (claimed / kStrongestDeflate > std::filesystem::file_size(file))
    throw DataError("{} should hold {} images of {} x {} pixels, which its {} bytes cannot: it is truncated or corrupt",
                    name, images, width, height, std::filesystem::file_size(file));
  std::string pixels = unpacked.read(claimed);
  if (pixels.size() < claimed || !unpacked.read(1).empty())
    throw DataError("{} should hold {} images of {} x {} pixels, but {} {} bytes follow its header", name, images,
                    width, height, pixels.size() < claimed ? "only" : "more than", pixels.size());
  return std::make_unique<IdxSource>(name, std::move(pixels), images, height, width);
}

}  // namespace dpsbench
