#include "results/store/unit_file.h"

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

}  // namespace

Bytes encode_unit(const UnitRecord& unit) {
  check_whole(unit, "unit " + unit.unit_id);
  const hdf5::File file = hdf5::File::in_memory();
  const hdf5::Group& root = file.root();
  root.set_attribute("unit_id", unit.unit_id);
  root.set_attribute("cell_id", unit.cell_id);
  root.set_attribute("seconds", unit.seconds);
  root.set_attribute("network_evaluations", unit.network_evaluations);
  const hdf5::Group attributes = root.create_group("attributes");
  for (const auto& [name, text] : unit.attributes) attributes.set_attribute(name, text);
  root.write_texts("image_ids", unit.image_ids);
  root.write("positions", at::tensor(unit.positions, at::kLong));
  for_each_array(unit, [&root](const char* name, const Tensor& values, bool) {
    if (values.defined()) root.write(name, values);
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
  unit.attributes = texts_of(root.group("attributes"));
  unit.image_ids = root.read_texts("image_ids");
  const Tensor positions = root.read("positions");
  unit.positions.assign(positions.data_ptr<std::int64_t>(), positions.data_ptr<std::int64_t>() + positions.numel());
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
  return {required<double>(file.root().attributes(), "seconds", name), file.root().read_texts("image_ids")};
}

}  // namespace dpsbench
