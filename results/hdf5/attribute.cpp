#include "core/error.h"
#include "core/files/hdf5_lock.h"
#include "results/hdf5/error.h"
#include "results/hdf5/file.h"

namespace dpsbench::hdf5 {
namespace {

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

/// The enumeration that h5py reads as numpy.bool_.
Handle flag_type() {
  Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  H5Tenum_insert(type.id(), "FALSE", &no);
  H5Tenum_insert(type.id(), "TRUE", &yes);
  return type;
}

struct Target {
  std::int64_t object;
  std::string name;
  std::string where;
};

void write_attribute(const Target& to, hid_t type, const Handle& space, const void* value) {
  const Handle attribute(
      check(H5Acreate2(to.object, to.name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT), to.where, "create"),
      H5Aclose);
  check(H5Awrite(attribute.id(), type, value), to.where, "write");
}

Handle scalar_space() { return {H5Screate(H5S_SCALAR), H5Sclose}; }

void write_value(const Target& to, bool value) {
  const auto byte = static_cast<std::int8_t>(value);
  write_attribute(to, flag_type().id(), scalar_space(), &byte);
}

void write_value(const Target& to, std::int64_t value) {
  write_attribute(to, H5T_NATIVE_INT64, scalar_space(), &value);
}

void write_value(const Target& to, double value) { write_attribute(to, H5T_NATIVE_DOUBLE, scalar_space(), &value); }

void write_value(const Target& to, const std::string& value) {
  const char* text = value.c_str();
  write_attribute(to, text_type().id(), scalar_space(), &text);
}

void write_value(const Target& to, const std::vector<std::string>& values) {
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const hsize_t size = texts.size();
  const Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  write_attribute(to, text_type().id(), space, texts.data());
}

std::vector<std::string> read_texts(hid_t attribute, const Handle& stored, const Handle& space,
                                    const std::string& where) {
  const auto count = static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space.id()), where, "read"));
  std::vector<char*> texts(count, nullptr);
  const Handle type = text_type();
  H5Tset_cset(type.id(), H5Tget_cset(stored.id()));
  check(H5Aread(attribute, type.id(), texts.data()), where, "read");
  std::vector<std::string> values;
  for (const char* text : texts) values.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, texts.data());
  return values;
}

/// A text of a fixed length, as h5py writes NumPy's bytes.
std::string read_fixed_text(hid_t attribute, const Handle& type, const std::string& where) {
  std::string padded(H5Tget_size(type.id()), '\0');
  const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(memory.id(), padded.size());
  H5Tset_cset(memory.id(), H5Tget_cset(type.id()));
  H5Tset_strpad(memory.id(), H5T_STR_NULLPAD);
  check(H5Aread(attribute, memory.id(), padded.data()), where, "read");
  return padded.c_str();
}

template <typename Number>
Number read_number(hid_t attribute, hid_t type, const std::string& where) {
  Number value = 0;
  check(H5Aread(attribute, type, &value), where, "read");
  return value;
}

AttributeValue read_value(hid_t attribute, const std::string& where) {
  const Handle type(check(H5Aget_type(attribute), where, "read the type"), H5Tclose);
  const Handle space(check(H5Aget_space(attribute), where, "read the shape"), H5Sclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  const bool scalar = H5Sget_simple_extent_type(space.id()) == H5S_SCALAR;
  if (kind == H5T_STRING && H5Tis_variable_str(type.id()) > 0) {
    std::vector<std::string> texts = read_texts(attribute, type, space, where);
    if (scalar) return texts.at(0);
    return texts;
  }
  if (scalar && kind == H5T_STRING) return read_fixed_text(attribute, type, where);
  if (scalar && kind == H5T_INTEGER) return read_number<std::int64_t>(attribute, H5T_NATIVE_INT64, where);
  if (scalar && kind == H5T_FLOAT) return read_number<double>(attribute, H5T_NATIVE_DOUBLE, where);
  if (scalar && kind == H5T_ENUM) return read_number<std::int8_t>(attribute, flag_type().id(), where) != 0;
  throw DataError("{}: is neither true or false, a number, a text nor a list of texts", where);
}

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

void Group::set_attribute(const std::string& name, const AttributeValue& value) const {
  const auto lock = lock_hdf5();
  const Target to{handle_.id(), name, fmt::format("{}, attribute {}", where_, name)};
  std::visit([&to](const auto& held) { write_value(to, held); }, value);
}

std::map<std::string, AttributeValue> Group::attributes() const {
  const auto lock = lock_hdf5();
  std::vector<std::string> names;
  check(H5Aiterate2(handle_.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names), where_,
        "list attributes");
  std::map<std::string, AttributeValue> values;
  for (const std::string& name : names) {
    const std::string where = fmt::format("{}, attribute {}", where_, name);
    const Handle attribute(check(H5Aopen(handle_.id(), name.c_str(), H5P_DEFAULT), where, "open"), H5Aclose);
    values.emplace(name, read_value(attribute.id(), where));
  }
  return values;
}

}  // namespace dpsbench::hdf5
