#include "priors/weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "core/error.h"
#include "core/files/file_kind.h"
#include "priors/weights/safetensors_type.h"

namespace dpsbench {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t longest_header = 16U << 20U;  // the largest network's header has 70 kB
constexpr std::uint64_t longest_signature = 4096;     // bytes that tell what a file is
constexpr int deepest_nesting = 3;                    // file, tensor, shape
constexpr std::size_t names_shown = 3;
constexpr std::size_t most_dimensions = 8;
constexpr std::size_t largest_shape_product = std::size_t{1} << 60U;

/// Names come from the file: keep messages short and printable.
std::string printable(const std::string& name) {
  std::string text = name.substr(0, 80);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  return text + (name.size() > text.size() ? "..." : "");
}

/// Walks a header before its tree is built: bounds its nesting, and finds names that come twice. The time it takes
/// grows with the header's length alone.
class HeaderCheck final : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderCheck(const std::string& path) : path_(path) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(Json::number_integer_t) override { return true; }
  bool number_unsigned(Json::number_unsigned_t) override { return true; }
  bool number_float(Json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (depth_ == 1 && !names_.insert(name).second)
      throw DataError("'{}': the header names '{}' twice", path_, printable(name));
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    throw DataError("'{}': the header is not JSON ({})", path_, printable(error.what()));
  }

 private:
  bool enter() {
    if (++depth_ > deepest_nesting) throw DataError("'{}': the header is nested too deeply", path_);
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  std::string path_;
  int depth_ = 0;
  std::unordered_set<std::string> names_;
};

Json parse_json(const std::string& path, const char* text, std::uint64_t length) {
  HeaderCheck check(path);
  Json::sax_parse(text, text + length, &check);
  try {
    Json header = Json::parse(text, text + length);
    if (!header.is_object()) throw DataError("'{}': the header is not a JSON object", path);
    return header;
  } catch (const Json::exception& error) {
    throw DataError("'{}': the header is not JSON ({})", path, printable(error.what()));
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
  const auto on_cpu = [&](std::uint64_t begin, std::uint64_t length) {
    return file_.bytes.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(length)).to(at::kCPU);
  };
  const auto what_it_is = [&] {
    const Tensor start = on_cpu(0, std::min(size, longest_signature));
    return kind_in_words({static_cast<const char*>(start.const_data_ptr()), start.nbytes()});
  };
  if (size < length_bytes)
    throw DataError("'{}': {} bytes are too few for a safetensors file{}", path(), size, what_it_is());
  std::uint64_t header_length = 0;
  std::memcpy(&header_length, on_cpu(0, length_bytes).const_data_ptr(), length_bytes);
  if (header_length > longest_header || header_length > size - length_bytes)
    throw DataError(
        "'{}': not a safetensors file, or a truncated one: its header would have {} bytes, the file has {}{}", path(),
        header_length, size, what_it_is());
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
        throw Error(
            fmt::format("its dtype is {}, not one of {}", printable(type_name.dump()), safetensors_type_names()));
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
      throw DataError("'{}': tensor '{}': {}", path(), printable(name), error.what());
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

std::string SafetensorsFile::what_it_holds() const {
  std::vector<std::string> some;
  for (const auto& [name, entry] : entries_)
    if (some.size() < names_shown) some.push_back(printable(name));
  return fmt::format("; it holds {}: {}{}", entries_.size(), fmt::join(some, ", "),
                     entries_.size() > names_shown ? ", ..." : "");
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw DataError("'{}' has no tensor '{}'{}", path(), name, what_it_holds());
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
