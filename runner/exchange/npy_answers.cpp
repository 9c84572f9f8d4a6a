#include <fmt/format.h>

#include <cstring>
#include <regex>

#include "core/error.h"
#include "core/files/text.h"
#include "runner/exchange/answer_file.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 30;
constexpr std::string_view magic = "\x93NUMPY";

std::optional<at::ScalarType> type_of(const std::string& description) {
  if (description == "<f4") return at::kFloat;
  if (description == "<f8") return at::kDouble;
  if (description == "|u1") return at::kByte;
  return std::nullopt;
}

/// Where the array begins, by the header's length in the file (NumPy's NEP 1). Throws DataError.
std::size_t start_of_array(const std::string& bytes, const std::filesystem::path& path) {
  constexpr std::size_t before_length = 8;
  if (bytes.size() < 12 || !bytes.starts_with(magic)) throw DataError("{}: not a NumPy .npy file", path.string());
  std::size_t length = 0;
  const std::size_t length_bytes = bytes[6] == 1 ? 2 : 4;
  for (std::size_t k = 0; k < length_bytes; ++k)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[before_length + k])) << (8 * k);
  const std::size_t start = before_length + length_bytes + length;
  if (start > bytes.size()) throw DataError("{}: cut off in its header", path.string());
  return start;
}

std::vector<std::int64_t> shape_of(const std::string& text) {
  std::vector<std::int64_t> shape;
  const std::regex number("[0-9]{1,12}");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), number); match != std::sregex_iterator(); ++match)
    shape.push_back(std::stoll(match->str()));
  return shape;
}

}  // namespace

AnswerFile read_npy_answers(const std::filesystem::path& path) {
  const std::string bytes = read_regular_file(path, most_bytes);
  const std::size_t start = start_of_array(bytes, path);
  const std::string header = bytes.substr(0, start);
  std::smatch descr;
  std::smatch shape;
  if (!std::regex_search(header, descr, std::regex("'descr': *'([^']*)'")) ||
      !std::regex_search(header, shape, std::regex("'shape': *\\(([0-9, ]*)\\)")))
    throw DataError("{}: a header that is no array's", path.string());
  const auto type = type_of(descr[1]);
  if (!type) throw DataError("{}: numbers of type '{}'; allowed: <f4, <f8, |u1", path.string(), descr[1].str());
  if (header.find("'fortran_order': False") == std::string::npos)
    throw DataError("{}: in Fortran's order; save numpy.ascontiguousarray(samples)", path.string());
  const std::vector<std::int64_t> sizes = shape_of(shape[1]);
  std::size_t wanted = at::elementSize(*type);
  for (const std::int64_t size : sizes)
    if (__builtin_mul_overflow(wanted, static_cast<std::size_t>(size), &wanted)) wanted = most_bytes + 1;
  if (wanted != bytes.size() - start)
    throw DataError("{}: {} bytes of numbers for a shape of ({})", path.string(), bytes.size() - start, shape[1].str());
  const Tensor values = at::empty(sizes, *type);
  std::memcpy(values.data_ptr(), bytes.data() + start, wanted);
  return {values, {}, {}, {}};
}

}  // namespace dpsbench
