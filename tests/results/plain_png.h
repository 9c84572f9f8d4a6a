#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/tensor.h"
#include "results/files/bytes.h"

namespace dpsbench::testing {

/// The simplest PNG file there can be: not compressed, 8 bits, grey or colour. Picture [C, H, W] in [-1, 1].
class PlainPng {
 public:
  static Bytes encode(const Tensor& picture) {
    const std::int64_t channels = picture.size(0);
    const Tensor rows = ((picture.clamp(-1, 1) + 1) * 127.5).round().to(at::kByte).permute({1, 2, 0}).contiguous();
    PlainPng png;
    png.append({137, 80, 78, 71, 13, 10, 26, 10});
    std::vector<std::uint8_t> head = big_endian(static_cast<std::uint32_t>(picture.size(2)));
    const std::vector<std::uint8_t> height = big_endian(static_cast<std::uint32_t>(picture.size(1)));
    head.insert(head.end(), height.begin(), height.end());
    head.insert(head.end(), {8, static_cast<std::uint8_t>(channels == 3 ? 2 : 0), 0, 0, 0});
    png.chunk("IHDR", head);
    std::vector<std::uint8_t> data = {0x78, 0x01};
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    const auto* pixels = rows.data_ptr<std::uint8_t>();
    const auto width = static_cast<std::size_t>(picture.size(2) * channels);
    for (std::int64_t row = 0; row < picture.size(1); ++row) {  // a stored block a row, its filter byte first
      const auto length = static_cast<std::uint16_t>(width + 1);
      data.push_back(row + 1 == picture.size(1) ? 1 : 0);
      for (const std::uint16_t word : {length, static_cast<std::uint16_t>(~length)})
        data.insert(data.end(), {static_cast<std::uint8_t>(word & 0xFF), static_cast<std::uint8_t>(word >> 8)});
      std::vector<std::uint8_t> line = {0};
      line.insert(line.end(), pixels, pixels + width);
      pixels += width;
      for (const std::uint8_t byte : line) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
      }
      data.insert(data.end(), line.begin(), line.end());
    }
    const std::vector<std::uint8_t> check = big_endian(b << 16 | a);
    data.insert(data.end(), check.begin(), check.end());
    png.chunk("IDAT", data);
    png.chunk("IEND", {});
    return std::move(png.bytes_);
  }

 private:
  static std::vector<std::uint8_t> big_endian(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  }

  static std::uint32_t checksum(const std::vector<std::uint8_t>& data) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::uint8_t byte : data) {
      crc ^= byte;
      for (int k = 0; k < 8; ++k) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
  }

  void append(const std::vector<std::uint8_t>& data) {
    for (const std::uint8_t byte : data) bytes_.push_back(std::byte{byte});
  }

  void chunk(std::string_view kind, const std::vector<std::uint8_t>& data) {
    std::vector<std::uint8_t> body(kind.begin(), kind.end());
    body.insert(body.end(), data.begin(), data.end());
    append(big_endian(static_cast<std::uint32_t>(data.size())));
    append(body);
    append(big_endian(checksum(body)));
  }

  Bytes bytes_;
};

}  // namespace dpsbench::testing
