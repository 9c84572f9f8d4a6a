#include "results/hdf5/linked_rows.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "core/files/hdf5_lock.h"
#include "results/hdf5/error.h"
#include "results/hdf5/file.h"

namespace fs = std::filesystem;

namespace dpsbench::hdf5 {
namespace {

std::string linked_file(hid_t properties, std::size_t number, const std::string& where) {
  const ssize_t length =
      check(H5Pget_virtual_filename(properties, number, nullptr, 0), where, "read which files its rows are in");
  std::string name(static_cast<std::size_t>(length) + 1, '\0');
  check(H5Pget_virtual_filename(properties, number, name.data(), name.size()), where,
        "read which files its rows are in");
  name.resize(static_cast<std::size_t>(length));
  return name;
}

/// The folder of the file that an open object is in. Throws where that file is in memory.
fs::path folder_of(hid_t object, const std::string& where) {
  const Handle file(H5Iget_file_id(object), H5Fclose);
  const Handle access(H5Fget_access_plist(file.id()), H5Pclose);
  if (H5Pget_driver(access.id()) == H5FD_CORE) throw DataError("{}: its rows are not in this file", where);
  const ssize_t length = check(H5Fget_name(file.id(), nullptr, 0), where, "read the name of its file");
  std::string name(static_cast<std::size_t>(length) + 1, '\0');
  H5Fget_name(file.id(), name.data(), name.size());
  return fs::path(name.c_str()).parent_path();
}

hsize_t size_of(const fs::path& folder, const std::string& name, const std::string& where) {
  const fs::path path(name);
  if (path.is_absolute() || std::ranges::find(path, fs::path("..")) != path.end())
    throw DataError("{}: its rows are in {}, which is not below the folder of this file", where, name);
  std::error_code error;
  const fs::path place = folder / path;
  const auto size = fs::file_size(place, error);
  if (error || fs::is_symlink(place))
    throw DataError("{}: its rows are in {}, which is {}", where, place.string(), error ? "gone" : "a link");
  return size;
}

}  // namespace

bool Dataset::is_linked() const {
  const auto lock = lock_hdf5();
  const Handle properties(H5Dget_create_plist(handle_.id()), H5Pclose);
  return properties.id() >= 0 && H5Pget_layout(properties.id()) == H5D_VIRTUAL;
}

std::optional<hsize_t> linked_bytes(hid_t dataset, const std::string& where) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (properties.id() < 0 || H5Pget_layout(properties.id()) != H5D_VIRTUAL) return std::nullopt;
  const fs::path folder = folder_of(dataset, where);
  std::size_t count = 0;
  check(H5Pget_virtual_count(properties.id(), &count), where, "read which files its rows are in");
  hsize_t bytes = 0;
  for (std::size_t k = 0; k < count; ++k) bytes += size_of(folder, linked_file(properties.id(), k, where), where);
  return bytes;
}

void Group::link_rows(const std::string& name, const std::vector<std::int64_t>& row_shape,
                      const std::vector<LinkedRows>& rows) const {
  const auto lock = lock_hdf5();
  const std::string place = where(name);
  std::vector<hsize_t> shape = {0};
  shape.insert(shape.end(), row_shape.begin(), row_shape.end());
  for (const LinkedRows& block : rows) shape[0] += static_cast<hsize_t>(block.count);
  const auto space_of = [&](const std::vector<hsize_t>& size) {
    return Handle(check(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), place, "shape"),
                  H5Sclose);
  };
  const Handle space = space_of(shape);
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(properties.id(), false);
  const float absent = std::numeric_limits<float>::quiet_NaN();
  check(H5Pset_fill_value(properties.id(), H5T_NATIVE_FLOAT, &absent), place, "say what absent rows are");
  std::vector<hsize_t> start(shape.size(), 0);
  for (const LinkedRows& block : rows) {
    std::vector<hsize_t> size = shape;
    size[0] = static_cast<hsize_t>(block.count);
    const Handle there = space_of(size);
    check(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr), place,
          "select");
    check(H5Pset_virtual(properties.id(), space.id(), block.file.c_str(), block.dataset.c_str(), there.id()), place,
          "link rows of " + block.file);
    start[0] += size[0];
  }
  check(H5Sselect_all(space.id()), place, "select");
  const Handle dataset(check(H5Dcreate2(handle_.id(), name.c_str(), H5T_NATIVE_FLOAT, space.id(), H5P_DEFAULT,
                                        properties.id(), H5P_DEFAULT),
                             place, "create this data set"),
                       H5Dclose);
}

}  // namespace dpsbench::hdf5
