#include "datasets/hdf5_input.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

/// Deflate shrinks about a thousandfold at most: what claims more was never written.
constexpr hsize_t strongest_compression = 1100;

herr_t keep_innermost(unsigned, const H5E_error2_t* error, void* text) {
  if (error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

std::string library_name() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("HDF5 {}.{}.{}", major, minor, release);
}

/// Without HDF5's own file locks, which some cluster file systems refuse.
Hdf5Object open_to_read(const std::filesystem::path& file) {
  const Hdf5Object access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(access.id(), false, true);
  return {H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose};
}

Hdf5Object creation_properties(const Hdf5Object& dataset) { return {H5Dget_create_plist(dataset.id()), H5Pclose}; }

/// The product of sizes, or nothing if it overflows.
std::optional<hsize_t> product(hsize_t item, const std::vector<hsize_t>& sizes) {
  for (const hsize_t size : sizes)
    if (__builtin_mul_overflow(item, size, &item)) return std::nullopt;
  return item;
}

/// A compressed file is no damaged one.
void require_filters(const Hdf5Object& properties, const std::string& where) {
  for (int k = 0; k < H5Pget_nfilters(properties.id()); ++k) {
    unsigned flags = 0;
    std::size_t values = 0;
    unsigned settings = 0;
    std::array<char, 80> name{};
    const H5Z_filter_t filter = H5Pget_filter2(properties.id(), static_cast<unsigned>(k), &flags, &values, nullptr,
                                               name.size() - 1, name.data(), &settings);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0)
      throw DataError(
          "{} is compressed by the filter '{}' (number {}), which {} does not have here: store it with gzip or without "
          "compression (h5repack -f GZIP=4), or set HDF5_PLUGIN_PATH to where the filter is",
          where, shown(name.data()), filter, library_name());
  }
}

/// Whether all of a data set has a place in the file; `chunk`: the sizes of its chunks, empty if it has none.
bool is_written(const Hdf5Object& dataset, const std::vector<hsize_t>& chunk) {
  if (chunk.empty()) {
    H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
    return H5Dget_space_status(dataset.id(), &status) >= 0 && status == H5D_SPACE_STATUS_ALLOCATED;
  }
  const std::vector<hsize_t> sizes = hdf5_extent(dataset);
  hsize_t wanted = 1;
  for (std::size_t k = 0; k < sizes.size(); ++k) wanted *= (sizes[k] + chunk[k] - 1) / chunk[k];
  hsize_t there = 0;  // get_space_status takes compressed chunks for missing ones
  const Hdf5Object space(H5Dget_space(dataset.id()), H5Sclose);
  return H5Dget_num_chunks(dataset.id(), space.id(), &there) >= 0 && there == wanted;
}

}  // namespace

std::string Hdf5Session::reason() {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &reason);
  return reason.empty() ? "no reason is given" : reason;
}

std::vector<hsize_t> hdf5_extent(const Hdf5Object& dataset) {
  const Hdf5Object space(H5Dget_space(dataset.id()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  return sizes;
}

Hdf5Input::Hdf5Input(const std::filesystem::path& file) : file_(file), handle_(open_to_read(file)) {
  if (!handle_.valid())
    throw DataError(
        "{} cannot be opened by {}: it is truncated or corrupt, or of a newer format, which h5repack or h5py with "
        "libver='earliest' can turn into an older one ({})",
        file.string(), library_name(), Hdf5Session::reason());
}

hsize_t Hdf5Input::bytes() const {
  hsize_t bytes = 0;
  H5Fget_filesize(handle_.id(), &bytes);
  return bytes;
}

/// A link to another place could show any file of this machine as pictures that people then share.
void Hdf5Input::require_hard_links(const std::string& path) const {
  for (std::size_t end = path.find_first_not_of('/'); end != std::string::npos;) {
    end = path.find('/', end);
    const std::string link = path.substr(0, end);
    H5L_info_t info{};
    if (H5Lget_info(handle_.id(), link.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD)
      throw DataError("{}: '{}' is a link to another place, which is not followed: copy the data set into this file",
                      file_.string(), link);
    if (end != std::string::npos) end = path.find_first_not_of('/', end);
  }
}

/// No small file asks for much memory, and no image is black because it was never written.
void Hdf5Input::require_content(const Hdf5Object& dataset, const Hdf5Object& properties,
                                const std::string& where) const {
  const std::vector<hsize_t> sizes = hdf5_extent(dataset);
  const Hdf5Object type(H5Dget_type(dataset.id()), H5Tclose);
  const std::optional<hsize_t> claimed = product(H5Tget_size(type.id()), sizes);
  std::optional<hsize_t> largest = claimed;
  std::vector<hsize_t> chunk;
  if (H5Pget_layout(properties.id()) == H5D_CHUNKED) {
    chunk.resize(sizes.size());
    H5Pget_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data());
    const std::optional<hsize_t> chunk_bytes = product(H5Tget_size(type.id()), chunk);
    largest = claimed && chunk_bytes ? std::optional(std::max(*claimed, *chunk_bytes)) : std::nullopt;
  }
  const hsize_t stored = std::min(H5Dget_storage_size(dataset.id()), bytes());
  if (!largest || *largest / strongest_compression > stored)
    throw DataError("{} claims to be [{}], but only {} bytes of it are in the file", where, fmt::join(sizes, ", "),
                    stored);
  if (*claimed > 0 && !is_written(dataset, chunk))
    throw DataError("{} is [{}], but some of it was never written: the file is unfinished", where,
                    fmt::join(sizes, ", "));
}

std::optional<Hdf5Object> Hdf5Input::stored_dataset(const std::string& path) const {
  if (H5Lexists(handle_.id(), path.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
  require_hard_links(path);
  const std::string where = fmt::format("{} of {}", path, file_.string());
  Hdf5Object dataset(H5Dopen2(handle_.id(), path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid())
    throw DataError("{} cannot be opened by {} as a data set: it is none, is damaged, or of a newer format ({})", where,
                    library_name(), Hdf5Session::reason());
  const Hdf5Object properties = creation_properties(dataset);
  if (H5Pget_external_count(properties.id()) > 0)
    throw DataError("{} keeps its numbers in other files, which are not followed: copy them into this file", where);
  if (H5Pget_layout(properties.id()) == H5D_VIRTUAL) return dataset;
  require_filters(properties, where);
  require_content(dataset, properties, where);
  return dataset;
}

std::optional<Hdf5Object> Hdf5Input::dataset(const std::string& path) const {
  std::optional<Hdf5Object> found = stored_dataset(path);
  if (!found) return found;
  const Hdf5Object properties = creation_properties(*found);
  if (H5Pget_layout(properties.id()) == H5D_VIRTUAL)
    require_sources(*found, properties, fmt::format("{} of {}", path, file_.string()));
  return found;
}

}  // namespace dpsbench
