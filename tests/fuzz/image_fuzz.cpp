#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/error.h"
#include "datasets/image_file.h"

namespace {

constexpr std::size_t kSignature = 8;
constexpr std::size_t kChunkFrame = 12;  // length, kind, checksum

std::size_t big_endian(const std::uint8_t* bytes) {
  return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 | bytes[3];
}

/// Makes the checksums of a PNG's chunks right, so that changes get past libpng's first look.
void repair_checksums(std::uint8_t* data, std::size_t size) {
  for (std::size_t at = kSignature; at + kChunkFrame <= size;) {
    const std::size_t length = big_endian(data + at);
    if (length > size - at - kChunkFrame) return;
    const auto sum = static_cast<std::uint32_t>(crc32(0, data + at + 4, static_cast<uInt>(length + 4)));
    for (std::size_t k = 0; k < 4; ++k) data[at + 8 + length + k] = static_cast<std::uint8_t>(sum >> (24 - 8 * k));
    at += kChunkFrame + length;
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  const bool is_png = mutated > kSignature && std::memcmp(data, "\x89PNG", 4) == 0;
  if (is_png && seed % 8 != 0) repair_checksums(data, mutated);
  return mutated;
}

namespace {

/// Any bytes are an image in [-1, 1] of the shape that its header tells, or a DataError.
void require_image(std::string_view bytes, dpsbench::Fidelity fidelity) {
  try {
    const dpsbench::Tensor image = dpsbench::decode_image(bytes, "input", fidelity);
    if (image.dim() != 3 || image.min().item<float>() < -1 || image.max().item<float>() > 1) __builtin_trap();
    const dpsbench::ImageShape shape = dpsbench::encoded_shape(bytes, "input");
    if (shape != dpsbench::ImageShape{image.size(0), image.size(1), image.size(2)}) __builtin_trap();
  } catch (const dpsbench::DataError&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  require_image(bytes, dpsbench::Fidelity::eight_bits);
  require_image(bytes, dpsbench::Fidelity::whole);
  return 0;
}
