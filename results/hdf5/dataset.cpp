#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/files/hdf5_lock.h"
#include "results/hdf5/error.h"
#include "results/hdf5/file.h"
#include "results/hdf5/linked_rows.h"

namespace dpsbench::hdf5 {
namespace {

hid_t memory_type(at::ScalarType type, const std::string& where) {
  switch (type) {
    case at::kFloat:
      return H5T_NATIVE_FLOAT;
    case at::kDouble:
      return H5T_NATIVE_DOUBLE;
    case at::kLong:
      return H5T_NATIVE_INT64;
    case at::kByte:
      return H5T_NATIVE_UINT8;
    default:
      throw DataError("{}: numbers of type {} are not kept in HDF5 here", where, at::toString(type));
  }
}

at::ScalarType scalar_type(hid_t type, const std::string& where) {
  const H5T_class_t kind = H5Tget_class(type);
  const std::size_t size = H5Tget_size(type);
  if (kind == H5T_FLOAT && size == 4) return at::kFloat;
  if (kind == H5T_FLOAT && size == 8) return at::kDouble;
  if (kind == H5T_INTEGER && size == 8) return at::kLong;
  if (kind == H5T_INTEGER && size == 1) return at::kByte;
  throw DataError("{}: holds neither float32, float64, int64 nor uint8", where);
}

std::vector<hsize_t> extents(const std::vector<std::int64_t>& shape) { return {shape.begin(), shape.end()}; }

Handle simple_space(const std::vector<hsize_t>& shape, const std::string& where) {
  return {check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), where, "shape"), H5Sclose};
}

/// Chunks of whole rows with checksums; compressed rows are shuffled first. Empty data sets cannot be chunked.
Handle creation_properties(const std::vector<std::int64_t>& shape, std::size_t item, const Storage& storage) {
  Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(properties.id(), false);
  const std::int64_t row =
      std::accumulate(shape.begin() + 1, shape.end(), static_cast<std::int64_t>(item), std::multiplies<>());
  if (row == 0 || shape[0] == 0) return properties;
  std::vector<hsize_t> chunk = extents(shape);
  chunk[0] = static_cast<hsize_t>(std::clamp<std::int64_t>(chunk_bytes / row, 1, shape[0]));
  H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
  if (storage.deflate > 0 && H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) {
    H5Pset_shuffle(properties.id());
    H5Pset_deflate(properties.id(), static_cast<unsigned>(storage.deflate));
  }
  H5Pset_fletcher32(properties.id());
  return properties;
}

Handle create(std::int64_t parent, const std::string& name, const std::string& where, hid_t type,
              const std::vector<std::int64_t>& shape, const Storage& storage) {
  if (shape.empty()) throw DataError("{}: a single number is an attribute, not a data set", where);
  const Handle space = simple_space(extents(shape), where);
  const Handle properties = creation_properties(shape, H5Tget_size(type), storage);
  return {check(H5Dcreate2(parent, name.c_str(), type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), where,
                "create this data set"),
          H5Dclose};
}

/// UTF-8 text of a fixed length, padded with zeros.
Handle text_type(std::size_t length) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), length);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  return type;
}

/// The file's rows first ... first + count - 1.
Handle row_selection(hid_t dataset, const std::vector<std::int64_t>& shape, std::int64_t first, std::int64_t count,
                     const std::string& where) {
  if (first < 0 || count < 0 || first + count > shape.at(0))
    throw DataError("{}: has {} rows; rows {} to {} were asked for", where, shape.at(0), first, first + count - 1);
  Handle space(check(H5Dget_space(dataset), where, "read the shape"), H5Sclose);
  std::vector<hsize_t> start(shape.size(), 0);
  start[0] = static_cast<hsize_t>(first);
  std::vector<hsize_t> size = extents(shape);
  size[0] = static_cast<hsize_t>(count);
  check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr), where, "select");
  return space;
}

/// Deflate shrinks about a thousandfold at most: what claims more was never written.
constexpr hsize_t greatest_ratio = 1100;

/// Throws unless a file that is read can hold what its data set claims: no small file asks for much memory. One that is
/// being written keeps part of it in HDF5's cache.
void require_content(hid_t dataset, const std::vector<std::int64_t>& shape, std::size_t item,
                     const std::string& where) {
  const Handle file(H5Iget_file_id(dataset), H5Fclose);
  unsigned intent = 0;
  if (H5Fget_intent(file.id(), &intent) < 0 || intent != H5F_ACC_RDONLY) return;
  hsize_t file_size = 0;
  H5Fget_filesize(file.id(), &file_size);
  const hsize_t stored = std::min(H5Dget_storage_size(dataset), file_size);
  hsize_t claimed = item;
  bool impossible = false;
  for (const std::int64_t size : shape)
    impossible = __builtin_mul_overflow(claimed, static_cast<hsize_t>(size), &claimed) || impossible;
  if (impossible || claimed / greatest_ratio > stored)
    throw DataError("{}: claims to be [{}], but only {} bytes of it are in the file", where, fmt::join(shape, ", "),
                    stored);
}

}  // namespace

Dataset::Dataset(Handle handle, std::string where) : handle_(std::move(handle)), where_(std::move(where)) {
  const auto lock = lock_hdf5();
  const Handle space(check(H5Dget_space(handle_.id()), where_, "read the shape"), H5Sclose);
  const Handle type(check(H5Dget_type(handle_.id()), where_, "read the type"), H5Tclose);
  const int dimensions = check(H5Sget_simple_extent_ndims(space.id()), where_, "read the shape");
  std::vector<hsize_t> shape(static_cast<std::size_t>(dimensions));
  check(H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr), where_, "read the shape");
  shape_.assign(shape.begin(), shape.end());
  type_ = scalar_type(type.id(), where_);
}

void Dataset::write_rows(std::int64_t first, const Tensor& rows) {
  const auto lock = lock_hdf5();
  std::vector<std::int64_t> expected = shape_;
  expected[0] = rows.dim() == 0 ? 0 : rows.size(0);
  if (rows.scalar_type() != type_ || rows.sizes() != at::IntArrayRef(expected))
    throw DataError("{}: rows of {} {} do not fit into {} [{}]", where_, at::toString(rows.scalar_type()),
                    fmt::format("[{}]", fmt::join(rows.sizes(), ", ")), at::toString(type_), fmt::join(shape_, ", "));
  const Handle file = row_selection(handle_.id(), shape_, first, rows.size(0), where_);
  const Handle memory = simple_space(extents(expected), where_);
  const Tensor values = rows.cpu().contiguous();
  check(H5Dwrite(handle_.id(), memory_type(type_, where_), memory.id(), file.id(), H5P_DEFAULT, values.data_ptr()),
        where_, "write");
}

Tensor Dataset::read_rows(std::int64_t first, std::int64_t count) const {
  const auto lock = lock_hdf5();
  if (is_linked()) return read_linked_rows(handle_.id(), shape_, first, count, where_);
  require_content(handle_.id(), shape_, at::elementSize(type_), where_);
  const Handle file = row_selection(handle_.id(), shape_, first, count, where_);
  std::vector<std::int64_t> shape = shape_;
  shape[0] = count;
  const Handle memory = simple_space(extents(shape), where_);
  const Tensor values = at::empty(shape, at::TensorOptions().dtype(type_));
  check(H5Dread(handle_.id(), memory_type(type_, where_), memory.id(), file.id(), H5P_DEFAULT, values.data_ptr()),
        where_, "read (its checksum may differ)");
  return values;
}

Tensor Dataset::read() const {
  if (shape_.empty()) throw DataError("{}: is a single number, not an array", where_);
  return read_rows(0, shape_[0]);
}

Dataset Group::create_dataset(const std::string& name, const std::vector<std::int64_t>& shape, at::ScalarType type,
                              const Storage& storage) const {
  const auto lock = lock_hdf5();
  const std::string place = where(name);
  return {create(handle_.id(), name, place, memory_type(type, place), shape, storage), place};
}

Dataset Group::dataset(const std::string& name) const {
  const auto lock = lock_hdf5();
  const std::string place = where(name);
  return {Handle(check(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT), place, "open this data set"), H5Dclose),
          place};
}

void Group::write(const std::string& name, const Tensor& values, const Storage& storage) const {
  create_dataset(name, values.sizes().vec(), values.scalar_type(), storage).write_rows(0, values);
}

void Group::write_texts(const std::string& name, const std::vector<std::string>& texts) const {
  const auto lock = lock_hdf5();
  std::size_t length = 1;
  for (const std::string& text : texts) length = std::max(length, text.size());
  std::string padded;
  for (const std::string& text : texts) padded += text + std::string(length - text.size(), '\0');
  const Handle type = text_type(length);
  const std::string place = where(name);
  const Handle dataset = create(handle_.id(), name, place, type.id(), {static_cast<std::int64_t>(texts.size())}, {});
  check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()), place, "write");
}

namespace {

/// Texts of any length, as h5py writes a list of them. A moderate number at a time: many of a small file may be one and
/// the same long one.
std::vector<std::string> read_variable_texts(const Handle& dataset, const Handle& space, const std::string& place) {
  constexpr hsize_t at_a_time = 64;
  constexpr std::size_t longest = 4096;
  if (H5Sget_simple_extent_ndims(space.id()) != 1) throw DataError("{}: is no list of texts", place);
  hsize_t count = 0;
  H5Sget_simple_extent_dims(space.id(), &count, nullptr);
  require_content(dataset.id(), {static_cast<std::int64_t>(count)}, 1, place);
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  const Handle stored(check(H5Dget_type(dataset.id()), place, "read the type"), H5Tclose);
  H5Tset_cset(type.id(), H5Tget_cset(stored.id()));
  std::vector<std::string> texts;
  for (hsize_t first = 0; first < count; first += at_a_time) {
    const hsize_t some = std::min(at_a_time, count - first);
    check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &first, nullptr, &some, nullptr), place, "select");
    const Handle memory(check(H5Screate_simple(1, &some, nullptr), place, "read"), H5Sclose);
    std::vector<char*> strings(some, nullptr);
    check(H5Dread(dataset.id(), type.id(), memory.id(), space.id(), H5P_DEFAULT, strings.data()), place, "read");
    for (const char* text : strings) texts.emplace_back(text == nullptr ? "" : text);
    H5Dvlen_reclaim(type.id(), memory.id(), H5P_DEFAULT, strings.data());
    for (const std::string& text : texts)
      if (text.size() > longest) throw DataError("{}: a text of {} bytes; allowed: {}", place, text.size(), longest);
  }
  return texts;
}

}  // namespace

std::vector<std::string> Group::read_texts(const std::string& name) const {
  const auto lock = lock_hdf5();
  const std::string place = where(name);
  const Handle dataset(check(H5Dopen2(handle_.id(), name.c_str(), H5P_DEFAULT), place, "open this data set"), H5Dclose);
  const Handle type(check(H5Dget_type(dataset.id()), place, "read the type"), H5Tclose);
  const Handle space(check(H5Dget_space(dataset.id()), place, "read the shape"), H5Sclose);
  if (H5Tget_class(type.id()) != H5T_STRING) throw DataError("{}: holds no texts", place);
  if (H5Tis_variable_str(type.id()) > 0) return read_variable_texts(dataset, space, place);
  const std::size_t length = H5Tget_size(type.id());
  const auto count = static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space.id()), place, "read the shape"));
  require_content(dataset.id(), {static_cast<std::int64_t>(count)}, length, place);
  std::string padded(length * count, '\0');
  const Handle memory = text_type(length);
  H5Tset_cset(memory.id(), H5Tget_cset(type.id()));  // HDF5 does not turn ASCII, as NumPy's "S" is, into UTF-8
  check(H5Dread(dataset.id(), memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()), place, "read");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.emplace_back(padded.substr(i * length, length).c_str());
  return texts;
}

}  // namespace dpsbench::hdf5
