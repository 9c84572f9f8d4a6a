#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// Where images come from: a folder, an HDF5 file, an idx file. Holds the ids of all its images, reads one at a time.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ids_.size()); }
  [[nodiscard]] const std::string& id(std::int64_t position) const { return ids_.at(position); }

  /// [1 or 3, H, W] in [-1, 1] as stored. Throws DataError naming the file.
  [[nodiscard]] virtual Tensor read(std::int64_t position) const = 0;

  /// SHA-256 of the image as stored, 64 hexadecimal digits.
  [[nodiscard]] virtual std::string digest(std::int64_t position) const = 0;

  /// The image's name in messages: its file, or a file and a position in it.
  [[nodiscard]] virtual std::string describe(std::int64_t position) const = 0;

  /// Whether smaller images are put in a black frame when a larger size is asked for: the custom with idx files.
  [[nodiscard]] virtual bool pads() const { return false; }

 protected:
  explicit ImageSource(std::vector<std::string> ids) : ids_(std::move(ids)) {}

 private:
  std::vector<std::string> ids_;
};

/// The PNG and JPEG files of a folder (not of its subfolders) in natural order of their names: img2 before img10.
/// An id is a file's name without its ending. Throws UserError when there are none.
std::unique_ptr<ImageSource> open_image_folder(const std::filesystem::path& folder);

/// An HDF5 file with a data set `images`: [N, C, H, W] float in [-1, 1], or [N, H, W, C] uint8, C = 1 or 3. Ids are the
/// strings of `ids` [N] where there is one, else positions ("00042"). Throws DataError.
std::unique_ptr<ImageSource> open_hdf5_images(const std::filesystem::path& file);

/// Whether a file is HDF5.
bool is_hdf5(const std::filesystem::path& file);

/// An idx3-ubyte file (MNIST's format), gzipped or not: one channel, ids are positions. Throws DataError.
std::unique_ptr<ImageSource> open_idx_images(const std::filesystem::path& file);

/// "00000", "00001", ...: ids of images without names.
std::vector<std::string> position_ids(std::int64_t count);

}  // namespace dpsbench
