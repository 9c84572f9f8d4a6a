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

/// What one of HDF5's functions that fill a buffer, when asked for no bytes say its size, gives.
template <typename Get>
std::string text_of(const Get& get, const std::string& where) {
  const ssize_t length = check(get(nullptr, std::size_t{0}), where, "read where its rows are");
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  check(get(text.data(), text.size()), where, "read where its rows are");
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// The folder of the file that an open object is in. Throws where that file is in memory.
fs::path folder_of(hid_t object, const std::string& where) {
  const Handle file(H5Iget_file_id(object), H5Fclose);
  const Handle access(H5Fget_access_plist(file.id()), H5Pclose);
  if (H5Pget_driver(access.id()) == H5FD_CORE) throw DataError("{}: its rows are not in this file", where);
  return fs::path(text_of([&](char* text, std::size_t size) { return H5Fget_name(file.id(), text, size); }, where))
      .parent_path();
}

fs::path checked_path(const fs::path& folder, const std::string& name, const std::string& where) {
  const fs::path path(name);
  if (path.is_absolute() || std::ranges::find(path, fs::path("..")) != path.end())
    throw DataError("{}: its rows are in {}, which is not below the folder of this file", where, name);
  const fs::path place = folder / path;
  if (fs::is_symlink(place) || !fs::is_regular_file(place))
    throw DataError("{}: its rows are in {}, which is {}", where, place.string(),
                    fs::is_symlink(place) ? "a link" : "gone");
  return place;
}

/// The rows that the data set has from its k-th file: the first, and the one after the last.
std::pair<std::int64_t, std::int64_t> rows_from(hid_t properties, std::size_t k, const std::vector<std::int64_t>& shape,
                                                const std::string& where) {
  const Handle space(check(H5Pget_virtual_vspace(properties, k), where, "read where its rows are"), H5Sclose);
  std::vector<hsize_t> low(shape.size());
  std::vector<hsize_t> high(shape.size());
  bool whole = H5Sget_simple_extent_ndims(space.id()) == static_cast<int>(shape.size()) &&
               H5Sget_select_bounds(space.id(), low.data(), high.data()) >= 0;
  for (std::size_t i = 1; whole && i < shape.size(); ++i)
    whole = low[i] == 0 && high[i] + 1 == static_cast<hsize_t>(shape[i]);
  if (!whole || high[0] >= static_cast<hsize_t>(shape[0])) throw DataError("{}: links other than whole rows", where);
  return {static_cast<std::int64_t>(low[0]), static_cast<std::int64_t>(high[0]) + 1};
}

}  // namespace

bool Dataset::is_linked() const {
  const auto lock = lock_hdf5();
  const Handle properties(H5Dget_create_plist(handle_.id()), H5Pclose);
  return properties.id() >= 0 && H5Pget_layout(properties.id()) == H5D_VIRTUAL;
}

Tensor read_linked_rows(hid_t dataset, const std::vector<std::int64_t>& shape, std::int64_t first, std::int64_t count,
                        const std::string& where) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  const fs::path folder = folder_of(dataset, where);
  std::size_t files = 0;
  check(H5Pget_virtual_count(properties.id(), &files), where, "read where its rows are");
  std::vector<Tensor> parts;
  std::int64_t next = first;
  for (std::size_t k = 0; k < files && next < first + count; ++k) {
    const auto [begin, end] = rows_from(properties.id(), k, shape, where);
    if (next < begin || next >= end) continue;
    const auto name = [&](char* text, std::size_t size) {
      return H5Pget_virtual_filename(properties.id(), k, text, size);
    };
    const auto place = [&](char* text, std::size_t size) {
      return H5Pget_virtual_dsetname(properties.id(), k, text, size);
    };
    const fs::path path = checked_path(folder, text_of(name, where), where);
    const File file = File::open(path);
    const Dataset rows = file.root().dataset(text_of(place, where));
    if (rows.is_linked()) throw DataError("{}: its rows in {} are links again", where, path.string());
    std::vector<std::int64_t> expected = shape;
    expected[0] = end - begin;
    if (rows.shape() != expected || rows.type() != at::kFloat)
      throw DataError("{}: rows {} to {} should be those of {}, which are [{}]", where, begin, end - 1, path.string(),
                      fmt::join(rows.shape(), ", "));
    parts.push_back(rows.read_rows(next - begin, std::min(end, first + count) - next));
    next += parts.back().size(0);
  }
  if (first < 0 || next != first + count || parts.empty())
    throw DataError("{}: has {} rows; rows {} to {} were asked for", where, shape.at(0), first, first + count - 1);
  return at::cat(parts);
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
