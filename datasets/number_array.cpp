#include "datasets/number_array.h"

#include <algorithm>

#include "core/error.h"
#include "datasets/hdf5_input.h"

namespace dpsbench {
namespace {

constexpr hsize_t most_numbers = hsize_t{1} << 30;

}  // namespace

Tensor read_hdf5_array(const std::filesystem::path& path, const std::string& dataset) {
  const Hdf5Session session;
  const Hdf5Input file(path);
  const std::optional<Hdf5Object> stored = file.dataset(dataset);
  if (!stored) throw DataError("{} has no data set called {}", path.string(), dataset);
  const Hdf5Object type(H5Dget_type(stored->id()), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT)
    throw DataError("{} of {} must hold whole or floating numbers", dataset, path.string());
  std::vector<std::int64_t> sizes;
  hsize_t count = 1;
  for (const hsize_t size : hdf5_extent(*stored)) {
    if (size > most_numbers / std::max<hsize_t>(count, 1))
      throw DataError("{} of {} has more than {} numbers", dataset, path.string(), most_numbers);
    count *= size;
    sizes.push_back(static_cast<std::int64_t>(size));
  }
  const Tensor values = at::empty(sizes, at::kDouble);
  if (count > 0 &&
      H5Dread(stored->id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.mutable_data_ptr()) < 0)
    throw DataError("{} of {} cannot be read: the file is truncated or corrupt ({})", dataset, path.string(),
                    Hdf5Session::reason());
  return values;
}

}  // namespace dpsbench
