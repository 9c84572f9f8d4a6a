#include "core/files/npy.h"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/files/text.h"
#include "core/words/number_text.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 30;
constexpr std::size_t longest_header = 4096;  // NumPy's own are below 200 bytes
constexpr std::size_t most_dimensions = 16;
constexpr std::string_view magic = "\x93NUMPY";

std::optional<at::ScalarType> type_of(std::string_view description) {
  if (description == "<f4") return at::kFloat;
  if (description == "<f8") return at::kDouble;
  if (description == "|u1") return at::kByte;
  return std::nullopt;
}

/// Where the array begins, by the header's length in the file. Throws DataError.
std::size_t start_of_array(const std::string& bytes, const std::string& path) {
  constexpr std::size_t before_length = 8;
  if (bytes.size() < 12 || !bytes.starts_with(magic)) throw DataError("{}: not a NumPy .npy file", path);
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])); };
  if (byte(6) < 1 || byte(6) > 3) throw DataError("{}: of format version {}; this program reads 1 to 3", path, byte(6));
  const std::size_t length_bytes = byte(6) == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t k = 0; k < length_bytes; ++k) length |= byte(before_length + k) << (8 * k);
  if (length > longest_header) throw DataError("{}: a header of {} bytes: not an array's", path, length);
  const std::size_t start = before_length + length_bytes + length;
  if (start > bytes.size()) throw DataError("{}: cut off in its header", path);
  return start;
}

/// What stands behind the header's key and before `end`, without blanks around; none where it is not there.
std::optional<std::string_view> value_of(std::string_view header, std::string_view key, std::string_view opening,
                                         std::string_view end) {
  const std::size_t found = header.find(key);
  if (found == std::string_view::npos) return std::nullopt;
  header.remove_prefix(found + key.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  if (!header.starts_with(opening)) return std::nullopt;
  header.remove_prefix(opening.size());
  const std::size_t length = header.find(end);
  return length == std::string_view::npos ? std::nullopt : std::optional(header.substr(0, length));
}

/// "6, 3, 32, 32" or "6,"; none where it is no shape.
std::optional<std::vector<std::int64_t>> shape_of(std::string_view text) {
  std::vector<std::int64_t> shape;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return shape;
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto size = natural_from_text(text.substr(0, comma));
    if (!size || *size > most_bytes || shape.size() == most_dimensions) return std::nullopt;
    shape.push_back(static_cast<std::int64_t>(*size));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

}  // namespace

Tensor read_npy(const std::filesystem::path& file) {
  const std::string path = file.string();
  const std::string bytes = read_regular_file(file, most_bytes);
  const std::size_t start = start_of_array(bytes, path);
  const std::string_view header = std::string_view(bytes).substr(0, start);
  const auto description = value_of(header, "'descr':", "'", "'");
  const auto order = value_of(header, "'fortran_order':", "", ",");
  const auto dimensions = value_of(header, "'shape':", "(", ")");
  const auto shape = dimensions ? shape_of(*dimensions) : std::nullopt;
  if (!description || !order || !shape) throw DataError("{}: a header that is no array's", path);
  const auto type = type_of(*description);
  if (!type) throw DataError("{}: numbers of type '{}'; allowed: <f4, <f8, |u1", path, shown(*description));
  if (*order != "False") throw DataError("{}: in Fortran's order; save numpy.ascontiguousarray(array)", path);
  std::size_t wanted = at::elementSize(*type);
  for (const std::int64_t size : *shape)
    if (__builtin_mul_overflow(wanted, static_cast<std::size_t>(size), &wanted)) wanted = most_bytes + 1;
  if (wanted != bytes.size() - start)
    throw DataError("{}: {} bytes of numbers for a shape of ({})", path, bytes.size() - start, shown(*dimensions));
  if (wanted == 0) return at::empty({0}, *type);  // other sizes could be beyond any tensor's
  const Tensor values = at::empty(*shape, *type);
  std::memcpy(values.data_ptr(), bytes.data() + start, wanted);
  return values;
}

}  // namespace dpsbench
