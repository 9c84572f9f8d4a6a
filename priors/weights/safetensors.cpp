#include "priors/weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "priors/weights/safetensors_type.h"

namespace dpsbench {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t longest_header = 16U << 20U;  // the largest network's header has 70 kB
constexpr int deepest_nesting = 3;                    // file, tensor, shape
constexpr std::size_t most_dimensions = 8;
constexpr std::size_t largest_shape_product = std::size_t{1} << 60U;

/// Names come from the file: keep messages short and printable.
std::string shown(const std::string& name) {
  std::string text = name.substr(0, 80);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  return text + (name.size() > text.size() ? "..." : "");
}

Json parse_json(const std::string& path, const char* text, std::uint64_t length) {
  std::set<std::string> keys;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > deepest_nesting) throw DataError("'{}': the header is nested too deeply", path);
    if (event == Json::parse_event_t::key && depth == 1 && !keys.insert(parsed.get<std::string>()).second)
      throw DataError("'{}': the header names '{}' twice", path, shown(parsed.get<std::string>()));
    return true;
  };
  try {
    Json header = Json::parse(text, text + length, watch);
    if (!header.is_object()) throw DataError("'{}': the header is not a JSON object", path);
    return header;
  } catch (const Json::exception& error) {
    throw DataError("'{}': the header is not JSON ({})", path, shown(error.what()));
  }
}

/// The shape, whose product of sizes (zeros aside) is known not to overflow.
std::vector<std::int64_t> parse_shape(const Json& field) {
  if (!field.is_array() || field.size() > most_dimensions) throw Error("its shape is not a list of at most 8 sizes");
  std::vector<std::int64_t> shape;
  std::size_t product = 1;
  for (const Json& size : field) {
    if (!size.is_number_unsigned()) throw Error("its shape holds something other than a size");
    const auto value = size.get<std::uint64_t>();
    if (__builtin_mul_overflow(product, std::max<std::uint64_t>(value, 1), &product) || product > largest_shape_product)
      throw Error("its shape is impossibly large");
    shape.push_back(static_cast<std::int64_t>(value));
  }
  return shape;
}

std::pair<std::uint64_t, std::uint64_t> parse_offsets(const Json& field) {
  if (!field.is_array() || field.size() != 2 || !field[0].is_number_unsigned() || !field[1].is_number_unsigned())
    throw Error("its data_offsets are not two whole numbers");
  return {field[0].get<std::uint64_t>(), field[1].get<std::uint64_t>()};
}

const Json& field_of(const Json& description, const char* name) {
  const auto found = description.find(name);
  if (found == description.end()) throw Error(fmt::format("it has no '{}'", name));
  return *found;
}

std::uint64_t bytes_of(const std::vector<std::int64_t>& shape, at::ScalarType type) {
  std::uint64_t bytes = c10::elementSize(type);
  for (const std::int64_t size : shape) bytes *= static_cast<std::uint64_t>(size);
  return bytes;
}

}  // namespace

SafetensorsFile::SafetensorsFile(FileBytes file) : file_(std::move(file)) {
  const auto size = static_cast<std::uint64_t>(file_.bytes.numel());
  if (size < length_bytes) throw DataError("'{}': {} bytes are too few for a safetensors file", path(), size);
  const auto on_cpu = [&](std::uint64_t begin, std::uint64_t length) {
    return file_.bytes.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(length)).to(at::kCPU);
  };
  std::uint64_t header_length = 0;
  std::memcpy(&header_length, on_cpu(0, length_bytes).const_data_ptr(), length_bytes);
  if (header_length > longest_header || header_length > size - length_bytes)
    throw DataError("'{}': not a safetensors file, or a truncated one: its header would have {} bytes, the file has {}",
                    path(), header_length, size);
  data_offset_ = length_bytes + header_length;
  const Tensor header = on_cpu(length_bytes, header_length);
  parse_header(static_cast<const char*>(header.const_data_ptr()), header_length, size - data_offset_);
  check_tiling(size - data_offset_);
}

void SafetensorsFile::parse_header(const char* text, std::uint64_t length, std::uint64_t data_bytes) {
  const Json header = parse_json(path(), text, length);
  for (const auto& [name, description] : header.items()) {
    try {
      if (!description.is_object()) throw Error("it is not described by an object");
      if (name == "__metadata__") {
        for (const auto& [key, value] : description.items()) {
          if (!value.is_string()) throw Error("it holds something other than text");
          metadata_[key] = value.get<std::string>();
        }
        continue;
      }
      const Json& type_name = field_of(description, "dtype");
      const auto type = type_name.is_string() ? scalar_type_of_safetensors(type_name.get<std::string>()) : std::nullopt;
      if (!type)
        throw Error(fmt::format("its dtype is {}, not one of {}", shown(type_name.dump()), safetensors_type_names()));
      const auto [begin, end] = parse_offsets(field_of(description, "data_offsets"));
      Entry entry{*type, parse_shape(field_of(description, "shape")), begin, end};
      if (begin > end || end > data_bytes)
        throw Error(fmt::format("its data ends at byte {} of {}: the file is truncated or corrupt", end, data_bytes));
      if (bytes_of(entry.shape, *type) != end - begin)
        throw Error(
            fmt::format("shape and dtype ask for {} bytes, it has {}", bytes_of(entry.shape, *type), end - begin));
      entries_.emplace(name, std::move(entry));
    } catch (const DataError&) {
      throw;
    } catch (const Error& error) {
      throw DataError("'{}': tensor '{}': {}", path(), shown(name), error.what());
    }
  }
}

/// As the format demands, the tensors must cover the data without gaps, overlaps or a rest.
void SafetensorsFile::check_tiling(std::uint64_t data_bytes) const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
  for (const auto& [name, entry] : entries_) spans.emplace_back(entry.begin, entry.end);
  std::sort(spans.begin(), spans.end());
  std::uint64_t covered = 0;
  for (const auto& [begin, end] : spans) {
    if (begin != covered)
      throw DataError("'{}': tensors {} at byte {} of the data", path(), begin < covered ? "overlap" : "leave a gap",
                      std::min(begin, covered));
    covered = end;
  }
  if (covered != data_bytes)
    throw DataError("'{}': {} bytes follow the last tensor's data", path(), data_bytes - covered);
}

std::vector<std::string> SafetensorsFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw DataError("'{}' has no tensor '{}'", path(), name);
  return found->second;
}

Tensor SafetensorsFile::tensor(const std::string& name) const {
  const Entry& described = entry(name);
  const std::uint64_t first = data_offset_ + described.begin;
  const Tensor raw = file_.bytes.narrow(0, static_cast<std::int64_t>(first),
                                        static_cast<std::int64_t>(described.end - described.begin));
  const bool aligned = first % c10::elementSize(described.type) == 0;  // not so after a header of odd length
  return (aligned ? raw : raw.clone()).view(described.type).view(described.shape);
}

Tensor SafetensorsFile::require(const std::string& name, const std::vector<std::int64_t>& shape) const {
  const Entry& described = entry(name);
  if (described.shape != shape)
    throw DataError("'{}': tensor '{}' has shape [{}], wanted [{}]", path(), name, fmt::join(described.shape, ", "),
                    fmt::join(shape, ", "));
  return tensor(name).to(at::kFloat);
}

}  // namespace dpsbench
