#include "results/store/unit_file.h"

#include <charconv>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "results/hdf5/file.h"
#include "results/store/coding_attributes.h"
#include "results/store/unit_arrays.h"

namespace dpsbench {
namespace {

void check_count(const Tensor& values, const char* name, std::size_t images, const std::string& where) {
  const auto count = static_cast<std::size_t>(values.dim() == 0 ? 0 : values.size(0));
  if (count == images || (std::string_view(name) == "trajectory" && count < images)) return;
  throw DataError("{}: {} is of {} images, but the unit has {}", where, name, count, images);
}

void check_whole(const UnitRecord& unit, const std::string& where) {
  const std::size_t images = unit.image_ids.size();
  if (unit.positions.size() != images)
    throw DataError("{}: {} images, but {} positions", where, images, unit.positions.size());
  for_each_array(unit, [&](const char* name, const Tensor& values, bool optional) {
    if (values.defined())
      check_count(values, name, images, where);
    else if (!optional)
      throw DataError("{}: {} is missing", where, name);
  });
  for (const auto& [name, values] : unit.metrics) check_count(values, name.c_str(), images, where);
}

std::map<std::string, std::string> texts_of(const hdf5::Group& group) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : group.attributes()) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) throw DataError("{}: attribute {} is no text", group.where(), name);
    texts.emplace(name, *text);
  }
  return texts;
}

template <typename T>
T required(const std::map<std::string, hdf5::AttributeValue>& attributes, const std::string& name,
           const std::string& where) {
  const auto found = attributes.find(name);
  const T* value = found == attributes.end() ? nullptr : std::get_if<T>(&found->second);
  if (value == nullptr) throw DataError("{}: attribute {} is missing", where, name);
  return *value;
}

/// Losslessly: of photographs a seventh is left, of samples four fifths (docs/performance.md, storage).
constexpr hdf5::Storage compressed{.deflate = 1};

/// Smaller arrays are not worth a file of their own.
constexpr std::size_t least_shared_bytes = std::size_t{1} << 16;

bool same_bytes(const Tensor& a, const Tensor& b) {
  return b.defined() && a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.is_contiguous() &&
         b.is_contiguous() && std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
}

/// Whether units of other cells have this array, too.
bool is_input(std::string_view name) { return name == "reference" || name.starts_with("measurement"); }

constexpr const char* inputs_group = "inputs";

/// "4+4" -> [4, 4]; what is no such text is none.
std::vector<std::int64_t> batches_of(const std::string& text) {
  std::vector<std::int64_t> batches;
  for (const char* next = text.data(); next < text.data() + text.size(); ++next) {
    const auto read = std::from_chars(next, text.data() + text.size(), batches.emplace_back());
    if (read.ec != std::errc() || (*read.ptr != '+' && *read.ptr != 0)) return {};
    next = read.ptr;
  }
  return batches;
}

std::vector<std::int64_t> read_positions(const hdf5::Group& root) {
  const Tensor positions = root.read("positions").to(at::kLong);
  return {positions.data_ptr<std::int64_t>(), positions.data_ptr<std::int64_t>() + positions.numel()};
}

}  // namespace

Bytes encode_unit(const UnitRecord& unit, const KeepInput& keep) {
  check_whole(unit, "unit " + unit.unit_id);
  const hdf5::File file = hdf5::File::in_memory();
  const hdf5::Group& root = file.root();
  root.set_attribute("unit_id", unit.unit_id);
  root.set_attribute("cell_id", unit.cell_id);
  root.set_attribute("seconds", unit.seconds);
  root.set_attribute("network_evaluations", unit.network_evaluations);
  root.set_attribute("passes_back", unit.passes_back);
  root.set_attribute("peak_bytes", unit.peak_bytes);
  if (unit.coding.any()) set_coding(root, unit.coding);
  if (!unit.batches.empty()) root.set_attribute("batches", fmt::format("{}", fmt::join(unit.batches, "+")));
  const hdf5::Group attributes = root.create_group("attributes");
  for (const auto& [name, text] : unit.attributes) attributes.set_attribute(name, text);
  root.write_texts("image_ids", unit.image_ids);
  root.write("positions", at::tensor(unit.positions, at::kLong));
  const hdf5::Group inputs = root.create_group(inputs_group);
  for_each_array(unit, [&](const char* name, const Tensor& values, bool) {
    if (!values.defined()) return;
    if (keep && is_input(name) && values.nbytes() >= least_shared_bytes) {
      const std::string digest = keep(values);
      inputs.set_attribute(name, digest);
      root.link(name, "../inputs/" + digest + ".h5", "/rows");
    } else if (std::string_view(name) == "measurement_picture" && same_bytes(values, unit.measurement)) {
      root.link(name, root.dataset("measurement"));
    } else {
      root.write(name, values, compressed);
    }
  });
  const hdf5::Group metrics = root.create_group("metrics");
  for (const auto& [name, values] : unit.metrics) metrics.write(name, values);
  return file.image();
}

StoredUnit::StoredUnit(ByteView image, const std::string& name) : file_(hdf5::File::from_image(image, name)) {
  const hdf5::Group& root = file_.root();
  const auto attributes = root.attributes();
  numbers_.unit_id = required<std::string>(attributes, "unit_id", name);
  numbers_.cell_id = required<std::string>(attributes, "cell_id", name);
  numbers_.seconds = required<double>(attributes, "seconds", name);
  numbers_.network_evaluations = required<double>(attributes, "network_evaluations", name);
  if (attributes.contains("passes_back")) {  // units of older versions do not know
    numbers_.passes_back = required<double>(attributes, "passes_back", name);
    numbers_.peak_bytes = required<double>(attributes, "peak_bytes", name);
  }
  if (attributes.contains("decodings"))
    numbers_.coding = {
        required<double>(attributes, "decodings", name), required<double>(attributes, "decodings_back", name),
        required<double>(attributes, "encodings", name), required<double>(attributes, "encodings_back", name)};
  if (attributes.contains("batches")) numbers_.batches = batches_of(required<std::string>(attributes, "batches", name));
  numbers_.attributes = texts_of(root.group("attributes"));
  numbers_.image_ids = root.read_texts("image_ids");
  numbers_.positions = read_positions(root);
  if (root.has(inputs_group)) inputs_ = texts_of(root.group(inputs_group));  // older ones have all in one file
  const hdf5::Group metrics = root.group("metrics");
  for (const std::string& metric : metrics.names()) numbers_.metrics.emplace(metric, metrics.read(metric));
}

UnitSummary StoredUnit::summary() const {
  UnitSummary unit{numbers_.unit_id, numbers_.cell_id, numbers_.seconds, numbers_.image_ids, numbers_.positions, {}};
  for (const auto& [array, digest] : inputs_) unit.inputs.push_back(digest);
  return unit;
}

std::optional<std::string> StoredUnit::input(const std::string& array) const {
  const auto found = inputs_.find(array);
  return found == inputs_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<hdf5::Dataset> StoredUnit::array(const std::string& name) const {
  if (inputs_.contains(name) || !file_.root().has(name)) return std::nullopt;
  return file_.root().dataset(name);
}

UnitRecord decode_unit(ByteView image, const std::string& name, const ReadInput& read) {
  const StoredUnit stored(image, name);
  UnitRecord unit = stored.numbers();
  for_each_array(unit, [&](const char* array, Tensor& values, bool) {
    if (const auto digest = stored.input(array)) {
      if (!read) throw DataError("{}: {} lies in another file", name, array);
      values = read(*digest);
    } else if (const auto own = stored.array(array)) {
      values = own->read();
    }
  });
  check_whole(unit, name);
  return unit;
}

}  // namespace dpsbench
