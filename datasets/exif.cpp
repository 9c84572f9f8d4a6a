#include "datasets/exif.h"

#include <cstdint>

namespace dpsbench {
namespace {

constexpr std::string_view kExif("Exif\0\0", 6);
constexpr std::uint32_t kOrientationTag = 0x0112;
constexpr std::uint32_t kShort = 3;

/// Whole numbers of a TIFF block, in its byte order. Beyond its end all bytes are 0.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
  [[nodiscard]] bool begins_rightly() const {
    return (little_ || bytes_.starts_with("MM")) && number(2, 2) == 42;  // TIFF 6.0, section 2
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < size; ++k) {
      const std::size_t place = at + (little_ ? size - 1 - k : k);
      value = value << 8U | (place < bytes_.size() ? static_cast<unsigned char>(bytes_[place]) : 0U);
    }
    return value;
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool little_;
};

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

}  // namespace

Orientation orientation_in(std::string_view app1) {
  if (!app1.starts_with(kExif)) return 1;
  const Tiff tiff(app1.substr(kExif.size()));
  if (!tiff.begins_rightly()) return 1;
  const std::size_t directory = tiff.number(4, 4);
  if (directory >= tiff.size()) return 1;
  const std::size_t entries = tiff.number(directory, 2);
  for (std::size_t k = 0; k < entries; ++k) {
    const std::size_t entry = directory + 2 + 12 * k;
    if (entry + 12 > tiff.size()) return 1;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    const bool is_one = tiff.number(entry + 2, 2) == kShort && tiff.number(entry + 4, 4) == 1;
    return is_one && value >= 1 && value <= 8 ? static_cast<Orientation>(value) : 1;
  }
  return 1;
}

Orientation orientation_of(std::string_view file) {
  if (!file.starts_with("\xff\xd8")) return 1;
  std::size_t at = 2;
  while (at + 4 <= file.size() && byte_at(file, at) == 0xFF) {
    const unsigned marker = byte_at(file, at + 1);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9 || marker < 0xC0) return 1;  // the picture's data, its end, or no segment
    const std::size_t length = byte_at(file, at + 2) << 8U | byte_at(file, at + 3);
    if (length < 2 || at + 2 + length > file.size()) return 1;
    const std::string_view segment = file.substr(at + 4, length - 2);
    if (marker == 0xE1 && segment.starts_with(kExif)) return orientation_in(segment);
    at += 2 + length;
  }
  return 1;
}

Tensor upright(const Tensor& pixels, Orientation orientation) {
  const Tensor turned = lies_on_its_side(orientation) ? pixels.transpose(0, 1) : pixels;
  switch (orientation) {
    case 2:
    case 6:
      return turned.flip(1).contiguous();
    case 3:
    case 7:
      return turned.flip({0, 1}).contiguous();
    case 4:
    case 8:
      return turned.flip(0).contiguous();
    default:
      return turned.contiguous();
  }
}

}  // namespace dpsbench
