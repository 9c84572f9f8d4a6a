#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "datasets/hdf5_input.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"

namespace dpsbench {
namespace {

constexpr hsize_t kMostImages = 10'000'000;
constexpr std::size_t kLongestId = 1024;            // bytes
constexpr hsize_t kBytesOfIds = hsize_t{64} << 20;  // read at a time

std::string text_of_type(const Hdf5Object& type) {
  const std::size_t bits = 8 * H5Tget_size(type.id());
  switch (H5Tget_class(type.id())) {
    case H5T_INTEGER:
      return fmt::format("{}int{}", H5Tget_sign(type.id()) == H5T_SGN_NONE ? "u" : "", bits);
    case H5T_FLOAT:
      return fmt::format("float{}", bits);
    case H5T_ENUM:
      return "true and false, or other named numbers";
    default:
      return "no plain numbers";
  }
}

bool is_unsigned_bytes(const Hdf5Object& type) {
  return H5Tget_class(type.id()) == H5T_INTEGER && H5Tget_size(type.id()) == 1 && H5Tget_precision(type.id()) == 8 &&
         H5Tget_sign(type.id()) == H5T_SGN_NONE;
}

/// The file's rows first ... first + count - 1.
Hdf5Object rows(const Hdf5Object& dataset, hsize_t first, hsize_t count) {
  std::vector<hsize_t> sizes = hdf5_extent(dataset);
  std::vector<hsize_t> start(sizes.size(), 0);
  start[0] = first;
  sizes[0] = count;
  Hdf5Object space(H5Dget_space(dataset.id()), H5Sclose);
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr);
  return space;
}

/// Some of the strings of a one-dimensional data set, of fixed or variable length; nothing if they cannot be read.
std::vector<std::string> read_strings(const Hdf5Object& dataset, const Hdf5Object& type, hsize_t first, hsize_t count) {
  const Hdf5Object file = rows(dataset, first, count);
  const Hdf5Object memory(H5Screate_simple(1, &count, nullptr), H5Sclose);
  std::vector<std::string> strings;
  if (H5Tis_variable_str(type.id()) > 0) {
    std::vector<char*> pointers(count, nullptr);
    if (H5Dread(dataset.id(), type.id(), memory.id(), file.id(), H5P_DEFAULT, pointers.data()) < 0) return {};
    for (char* const pointer : pointers) {
      strings.emplace_back(pointer != nullptr ? pointer : "");
      H5free_memory(pointer);
    }
  } else {
    const std::size_t length = H5Tget_size(type.id());
    std::string text(count * length, '\0');
    if (H5Dread(dataset.id(), type.id(), memory.id(), file.id(), H5P_DEFAULT, text.data()) < 0) return {};
    for (hsize_t k = 0; k < count; ++k) {
      const char* const start = text.data() + k * length;
      strings.emplace_back(start, strnlen(start, length));
    }
  }
  return strings;
}

/// The images' ids, a moderate number at a time: many strings of a small file may be one and the same.
std::vector<std::string> read_ids(const Hdf5Object& dataset, hsize_t count, hsize_t file_bytes,
                                  const std::string& name) {
  const Hdf5Object type(H5Dget_type(dataset.id()), H5Tclose);
  const bool strings = H5Tget_class(type.id()) == H5T_STRING && hdf5_extent(dataset) == std::vector<hsize_t>{count};
  const bool fixed = strings && H5Tis_variable_str(type.id()) <= 0;
  if (!strings || (fixed && H5Tget_size(type.id()) > kLongestId))
    throw DataError("ids of {} must be {} strings of at most {} bytes, one for each image", name, count, kLongestId);
  const hsize_t step = std::clamp<hsize_t>(kBytesOfIds / (fixed ? kLongestId : file_bytes), 1, 4096);
  std::vector<std::string> ids;
  for (hsize_t first = 0; first < count; first += step) {
    const std::vector<std::string> some = read_strings(dataset, type, first, std::min(step, count - first));
    if (some.empty()) throw DataError("ids of {} cannot be read: {}", name, Hdf5Session::reason());
    for (const std::string& id : some)
      if (id.size() > kLongestId)
        throw DataError("ids of {} must be {} strings of at most {} bytes, one for each image", name, count,
                        kLongestId);
    ids.insert(ids.end(), some.begin(), some.end());
  }
  return ids;
}

class Hdf5Source final : public ImageSource {
 public:
  Hdf5Source(Hdf5Input file, Hdf5Object images, std::vector<std::string> ids, std::vector<std::string> remarks,
             bool is_bytes)
      : ImageSource(std::move(ids), std::move(remarks)),
        file_(std::move(file)),
        images_(std::move(images)),
        sizes_(hdf5_extent(images_)),
        is_bytes_(is_bytes) {}

  [[nodiscard]] std::string content(std::int64_t position) const override {
    const Hdf5Session session;
    const std::array<hsize_t, 4> count = {1, sizes_[1], sizes_[2], sizes_[3]};
    const Hdf5Object file = rows(images_, static_cast<hsize_t>(position), 1);
    const Hdf5Object memory(H5Screate_simple(4, count.data(), nullptr), H5Sclose);
    std::string stored(sizes_[1] * sizes_[2] * sizes_[3] * (is_bytes_ ? 1 : sizeof(float)), '\0');
    const hid_t type = is_bytes_ ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT;
    if (H5Dread(images_.id(), type, memory.id(), file.id(), H5P_DEFAULT, stored.data()) < 0)
      throw DataError("{} cannot be read: the file is truncated or corrupt ({})", describe(position),
                      Hdf5Session::reason());
    return stored;
  }

  [[nodiscard]] ImageShape shape(const std::string&, std::int64_t) const override {
    const auto size = [this](std::size_t axis) { return static_cast<std::int64_t>(sizes_[axis]); };
    return is_bytes_ ? ImageShape{size(3), size(1), size(2)} : ImageShape{size(1), size(2), size(3)};
  }

  [[nodiscard]] Tensor decode(const std::string& content, std::int64_t position) const override {
    const ImageShape image = shape(content, position);
    const auto options = TensorOptions().dtype(is_bytes_ ? at::kByte : at::kFloat);
    // from_blob asks for a pointer to non-const; nothing is written through it
    void* const pixels = const_cast<char*>(content.data());
    if (is_bytes_)
      return image_from_bytes(
          at::from_blob(pixels, {image.height, image.width, image.channels}, options).permute({2, 0, 1}).contiguous());
    Tensor stored = at::from_blob(pixels, {image.channels, image.height, image.width}, options).clone();
    if (!(stored.abs().max().item<float>() <= 1.001f))
      throw DataError("{} has values outside [-1, 1]", describe(position));
    return stored;
  }

  [[nodiscard]] std::string describe(std::int64_t position) const override {
    return fmt::format("image {} of {}", position, file_.file().string());
  }

  [[nodiscard]] bool holds_floats() const override { return !is_bytes_; }

 private:
  Hdf5Input file_;
  Hdf5Object images_;
  std::vector<hsize_t> sizes_;
  bool is_bytes_;
};

std::vector<std::string> remarks_on(const std::string& name, const std::vector<std::string>& sources) {
  if (sources.empty()) return {};
  return {fmt::format("{} is virtual: its images are those of {}", name, fmt::join(sources, ", "))};
}

}  // namespace

bool is_hdf5(const std::filesystem::path& file) {
  const Hdf5Session session;
  return H5Fis_hdf5(file.c_str()) > 0;
}

std::unique_ptr<ImageSource> open_hdf5_images(const std::filesystem::path& path) {
  const Hdf5Session session;
  const std::string name = path.string();
  Hdf5Input file(path);
  std::optional<Hdf5Object> images = file.dataset("images");
  if (!images) throw DataError("{} has no data set called images", name);

  const Hdf5Object type(H5Dget_type(images->id()), H5Tclose);
  const bool is_bytes = is_unsigned_bytes(type);
  const std::vector<hsize_t> sizes = hdf5_extent(*images);
  const std::size_t channel_axis = is_bytes ? 3 : 1;
  if ((!is_bytes && H5Tget_class(type.id()) != H5T_FLOAT) || sizes.size() != 4 ||
      (sizes[channel_axis] != 1 && sizes[channel_axis] != 3))
    throw DataError(
        "images of {} must be [N, C, H, W] floats in [-1, 1] or [N, H, W, C] bytes (uint8), with 1 or 3 channels; they "
        "are [{}] of {}",
        name, fmt::join(sizes, ", "), text_of_type(type));
  const auto [shortest, longest] = std::minmax_element(sizes.begin() + 1, sizes.end());
  if (*shortest < 1 || *longest > kLongestSide || sizes[0] < 1 || sizes[0] > kMostImages)
    throw DataError("images of {} must be 1 to {} with sides of 1 to {}", name, kMostImages, kLongestSide);

  std::vector<std::string> ids = position_ids(static_cast<std::int64_t>(sizes[0]));
  if (const std::optional<Hdf5Object> names = file.dataset("ids")) ids = read_ids(*names, sizes[0], file.bytes(), name);
  std::vector<std::string> remarks = remarks_on(name, Hdf5Input::sources(*images));
  return std::make_unique<Hdf5Source>(std::move(file), std::move(*images), std::move(ids), std::move(remarks),
                                      is_bytes);
}

}  // namespace dpsbench
