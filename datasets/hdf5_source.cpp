#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"

namespace dpsbench {
namespace {

constexpr hsize_t kMostImages = 10'000'000;

/// An HDF5 identifier that closes itself.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// Keeps HDF5 from printing its error stack: errors are told in our own messages.
class QuietErrors {
 public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &report_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, report_, data_); }

 private:
  H5E_auto2_t report_ = nullptr;
  void* data_ = nullptr;
};

Handle open_file(const std::string& name) { return {H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose}; }

Handle open_dataset(const Handle& file, const char* dataset) {
  return {H5Dopen2(file.id(), dataset, H5P_DEFAULT), H5Dclose};
}

std::vector<hsize_t> extent(const Handle& dataset) {
  const Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> sizes(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  return sizes;
}

/// The strings of a one-dimensional data set, of fixed or variable length.
std::vector<std::string> read_strings(const Handle& dataset, hsize_t count) {
  const Handle type(H5Dget_type(dataset.id()), H5Tclose);
  if (H5Tget_class(type.id()) != H5T_STRING || extent(dataset) != std::vector<hsize_t>{count}) return {};
  std::vector<std::string> strings;
  if (H5Tis_variable_str(type.id()) > 0) {
    std::vector<char*> pointers(count, nullptr);
    const Handle memory(H5Tcopy(type.id()), H5Tclose);
    if (H5Dread(dataset.id(), memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) return {};
    for (char* const pointer : pointers) {
      strings.emplace_back(pointer != nullptr ? pointer : "");
      H5free_memory(pointer);
    }
  } else {
    const std::size_t length = H5Tget_size(type.id());
    std::string text(count * length, '\0');
    if (H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0) return {};
    for (hsize_t k = 0; k < count; ++k) {
      const char* const start = text.data() + k * length;
      strings.emplace_back(start, strnlen(start, length));
    }
  }
  return strings;
}

class Hdf5Source final : public ImageSource {
 public:
  Hdf5Source(std::string name, Handle file, Handle images, std::vector<std::string> ids, bool is_bytes)
      : ImageSource(std::move(ids)),
        name_(std::move(name)),
        file_(std::move(file)),
        images_(std::move(images)),
        is_bytes_(is_bytes) {}

  [[nodiscard]] Tensor read(std::int64_t position) const override {
    const Tensor stored = read_stored(position);
    if (is_bytes_) return image_from_bytes(stored.permute({2, 0, 1}).contiguous());
    if (!(stored.abs().max().item<float>() <= 1.001f))
      throw DataError("{} has values outside [-1, 1]", describe(position));
    return stored;
  }

  [[nodiscard]] std::string digest(std::int64_t position) const override {
    const Tensor stored = read_stored(position);
    return sha256(stored.const_data_ptr(), stored.nbytes());
  }

  [[nodiscard]] std::string describe(std::int64_t position) const override {
    return fmt::format("image {} of {}", position, name_);
  }

 private:
  [[nodiscard]] Tensor read_stored(std::int64_t position) const {
    const QuietErrors quiet;
    const std::vector<hsize_t> sizes = extent(images_);
    const Tensor stored = at::empty(
        {static_cast<std::int64_t>(sizes[1]), static_cast<std::int64_t>(sizes[2]), static_cast<std::int64_t>(sizes[3])},
        is_bytes_ ? at::kByte : at::kFloat);
    const std::array<hsize_t, 4> start = {static_cast<hsize_t>(position), 0, 0, 0};
    const std::array<hsize_t, 4> count = {1, sizes[1], sizes[2], sizes[3]};
    const Handle space(H5Dget_space(images_.id()), H5Sclose);
    const Handle memory(H5Screate_simple(4, count.data(), nullptr), H5Sclose);
    H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    const hid_t type = is_bytes_ ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT;
    if (H5Dread(images_.id(), type, memory.id(), space.id(), H5P_DEFAULT, stored.data_ptr()) < 0)
      throw DataError("{} cannot be read: the file is truncated or corrupt", describe(position));
    return stored;
  }

  std::string name_;
  Handle file_;
  Handle images_;
  bool is_bytes_;
};

}  // namespace

bool is_hdf5(const std::filesystem::path& file) {
  const QuietErrors quiet;
  return H5Fis_hdf5(file.c_str()) > 0;
}

std::unique_ptr<ImageSource> open_hdf5_images(const std::filesystem::path& path) {
  const QuietErrors quiet;
  const std::string name = path.string();
  Handle file = open_file(name);
  if (!file.valid()) throw DataError("{} cannot be opened: it is truncated or corrupt", name);
  Handle images = open_dataset(file, "images");
  if (!images.valid()) throw DataError("{} has no data set called images", name);

  const Handle type(H5Dget_type(images.id()), H5Tclose);
  const bool is_bytes = H5Tget_class(type.id()) == H5T_INTEGER && H5Tget_size(type.id()) == 1;
  const std::vector<hsize_t> sizes = extent(images);
  const std::size_t channel_axis = is_bytes ? 3 : 1;
  if ((!is_bytes && H5Tget_class(type.id()) != H5T_FLOAT) || sizes.size() != 4 ||
      (sizes[channel_axis] != 1 && sizes[channel_axis] != 3))
    throw DataError("images of {} must be [N, C, H, W] floats in [-1, 1] or [N, H, W, C] bytes, with 1 or 3 channels",
                    name);
  const auto [shortest, longest] = std::minmax_element(sizes.begin() + 1, sizes.end());
  if (*shortest < 1 || *longest > kLongestSide || sizes[0] < 1 || sizes[0] > kMostImages)
    throw DataError("images of {} must be 1 to {} with sides of 1 to {}", name, kMostImages, kLongestSide);

  std::vector<std::string> ids = position_ids(static_cast<std::int64_t>(sizes[0]));
  const Handle names = open_dataset(file, "ids");
  if (names.valid()) {
    ids = read_strings(names, sizes[0]);
    if (ids.empty()) throw DataError("ids of {} must be {} strings, one for each image", name, sizes[0]);
  }
  return std::make_unique<Hdf5Source>(name, std::move(file), std::move(images), std::move(ids), is_bytes);
}

}  // namespace dpsbench
