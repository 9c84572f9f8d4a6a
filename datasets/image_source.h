#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// Where images come from: a folder, an HDF5 file, an idx file. Holds the ids of all its images, reads one at a time:
/// first its content, then what that is, so that what is digested is what is decoded.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ids_.size()); }
  [[nodiscard]] const std::string& id(std::int64_t position) const { return ids_.at(position); }

  /// The image as stored: a file's bytes, the bytes of its pixels. Throws DataError naming the file.
  [[nodiscard]] virtual std::string content(std::int64_t position) const = 0;

  /// The shape of the image that `content` is, told without decoding it. Throws DataError naming the file.
  [[nodiscard]] virtual ImageShape shape(const std::string& content, std::int64_t position) const = 0;

  /// [1 or 3, H, W] in [-1, 1] as stored. Throws DataError naming the file.
  [[nodiscard]] virtual Tensor decode(const std::string& content, std::int64_t position) const = 0;

  /// The image's name in messages: its file, or a file and a position in it.
  [[nodiscard]] virtual std::string describe(std::int64_t position) const = 0;

  /// Whether smaller images are put in a black frame when a larger size is asked for: the custom with idx files.
  [[nodiscard]] virtual bool pads() const { return false; }

  /// Whether the images are stored as numbers in [-1, 1] rather than as bytes.
  [[nodiscard]] virtual bool holds_floats() const { return false; }

  /// What is no error, but what a person should know: files left out, files that numbers come from. A sentence each.
  [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

  [[nodiscard]] Tensor read(std::int64_t position) const { return decode(content(position), position); }

 protected:
  explicit ImageSource(std::vector<std::string> ids, std::vector<std::string> remarks = {})
      : ids_(std::move(ids)), remarks_(std::move(remarks)) {}

 private:
  std::vector<std::string> ids_;
  std::vector<std::string> remarks_;
};

/// The PNG and JPEG files of a folder (not of its subfolders) in natural order of their names: img2 before img10.
/// An id is a file's name without its ending. Throws UserError when there are none, for a link that leads nowhere and
/// for anything else under an image's name that is no file. What is left out is a remark.
std::unique_ptr<ImageSource> open_image_folder(const std::filesystem::path& folder);

/// An HDF5 file with a data set `images`: [N, C, H, W] float in [-1, 1], or [N, H, W, C] uint8, C = 1 or 3. Ids are the
/// strings of `ids` [N] where there is one, else positions ("00042"). Throws DataError; see Hdf5Input for what of a
/// file is followed.
std::unique_ptr<ImageSource> open_hdf5_images(const std::filesystem::path& file);

/// Whether a file is HDF5.
bool is_hdf5(const std::filesystem::path& file);

/// An idx3-ubyte file (MNIST's format), gzipped or not: one channel, ids are positions. Throws DataError.
std::unique_ptr<ImageSource> open_idx_images(const std::filesystem::path& file);

/// "00000", "00001", ...: ids of images without names.
std::vector<std::string> position_ids(std::int64_t count);

}  // namespace dpsbench
