#include "results/store/unit_file.h"

#include <cstring>

#include "core/error.h"
#include "results/hdf5/file.h"
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

bool same_bytes(const Tensor& a, const Tensor& b) {
  return b.defined() && a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.is_contiguous() &&
         b.is_contiguous() && std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
}

std::vector<std::int64_t> read_positions(const hdf5::Group& root) {
  const Tensor positions = root.read("positions").to(at::kLong);
  return {positions.data_ptr<std::int64_t>(), positions.data_ptr<std::int64_t>() + positions.numel()};
}

}  // namespace

Bytes encode_unit(const UnitRecord& unit) {
  check_whole(unit, "unit " + unit.unit_id);
  const hdf5::File file = hdf5::File::in_memory();
  const hdf5::Group& root = file.root();
  root.set_attribute("unit_id", unit.unit_id);
  root.set_attribute("cell_id", unit.cell_id);
  root.set_attribute("seconds", unit.seconds);
  root.set_attribute("network_evaluations", unit.network_evaluations);
  root.set_attribute("passes_back", unit.passes_back);
  root.set_attribute("peak_bytes", unit.peak_bytes);
  const hdf5::Group attributes = root.create_group("attributes");
  for (const auto& [name, text] : unit.attributes) attributes.set_attribute(name, text);
  root.write_texts("image_ids", unit.image_ids);
  root.write("positions", at::tensor(unit.positions, at::kLong));
  for_each_array(unit, [&](const char* name, const Tensor& values, bool) {
    if (!values.defined()) return;
    const bool again = std::string_view(name) == "measurement_picture" && same_bytes(values, unit.measurement);
    if (again)
      root.link(name, root.dataset("measurement"));
    else
      root.write(name, values, compressed);
  });
  const hdf5::Group metrics = root.create_group("metrics");
  for (const auto& [name, values] : unit.metrics) metrics.write(name, values);
  return file.image();
}

UnitRecord decode_unit(ByteView image, const std::string& name) {
  const hdf5::File file = hdf5::File::from_image(image, name);
  const hdf5::Group& root = file.root();
  const auto attributes = root.attributes();
  UnitRecord unit;
  unit.unit_id = required<std::string>(attributes, "unit_id", name);
  unit.cell_id = required<std::string>(attributes, "cell_id", name);
  unit.seconds = required<double>(attributes, "seconds", name);
  unit.network_evaluations = required<double>(attributes, "network_evaluations", name);
  if (attributes.contains("passes_back")) {  // units of older versions do not know
    unit.passes_back = required<double>(attributes, "passes_back", name);
    unit.peak_bytes = required<double>(attributes, "peak_bytes", name);
  }
  unit.attributes = texts_of(root.group("attributes"));
  unit.image_ids = root.read_texts("image_ids");
  unit.positions = read_positions(root);
  for_each_array(unit, [&root](const char* array, Tensor& values, bool) {
    if (root.has(array)) values = root.read(array);
  });
  const hdf5::Group metrics = root.group("metrics");
  for (const std::string& metric : metrics.names()) unit.metrics.emplace(metric, metrics.read(metric));
  check_whole(unit, name);
  return unit;
}

UnitSummary decode_summary(ByteView image, const std::string& name) {
  const hdf5::File file = hdf5::File::from_image(image, name);
  const hdf5::Group& root = file.root();
  const auto attributes = root.attributes();
  UnitSummary unit;
  unit.unit_id = required<std::string>(attributes, "unit_id", name);
  unit.cell_id = required<std::string>(attributes, "cell_id", name);
  unit.seconds = required<double>(attributes, "seconds", name);
  unit.image_ids = root.read_texts("image_ids");
  unit.positions = read_positions(root);
  return unit;
}

}  // namespace dpsbench
