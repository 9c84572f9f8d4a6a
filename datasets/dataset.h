#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "datasets/groups.h"

namespace dpsbench {

class ImageSource;

/// Which images, and how they are made ready.
struct DatasetSpec {
  std::string name;            ///< keys the noise of its images, so the same whatever the path
  std::string family;          ///< whose constants presets take: "imagenet"; empty: the name's, if it is a family's
  std::filesystem::path path;  ///< a folder of PNG and JPEG files, an HDF5 file or an idx file
  std::string images;          ///< positions, from 0, in the sorted list: "0-199" or "3,5,9-12"; empty: all
  std::filesystem::path ids;   ///< optional text file, one id a line: the list that `images` counts in
  std::int64_t size = 0;       ///< side of the square images wanted; 0: as they are
  std::int64_t channels = 3;   ///< 1 or 3
  bool resize = false;         ///< whether images of another size are cropped to a square and resampled to `size`
  GroupSpec groups = {};       ///< images that belong together; for statistics alone
  std::filesystem::path labels = {};  ///< lines "id,class": the class that a network is told of each image; empty: none
  bool drawn = false;                 ///< no file: whoever opens it draws the images (from a prior)
};

/// A list of images of one shape, read one at a time.
class Dataset {
 public:
  /// Finds the images; reads none. Throws UserError for a missing path, no images, two images with one id, a position
  /// out of range or given twice, an id without an image, and nonsense in the spec; DataError for a damaged HDF5 or idx
  /// file.
  static Dataset open(const DatasetSpec& spec);

  /// The images of a source that are at the positions of the spec, in their order. Throws UserError as above.
  static Dataset of(const DatasetSpec& spec, std::shared_ptr<const ImageSource> source);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(chosen_.size()); }

  /// An image's id: its file's name without ending, or its position in a file without names.
  [[nodiscard]] const std::string& id(std::int64_t i) const;

  /// The group of each image; empty where the spec names none. Throws UserError for an image without a group.
  [[nodiscard]] std::vector<std::string> groups() const;

  /// The class of each image, as its file had it when this was opened; empty where the spec names none.
  [[nodiscard]] const std::vector<std::int64_t>& labels() const { return labels_; }

  /// [C, H, W] in [-1, 1]. Throws DataError naming the file when it is damaged or of another size than asked for.
  [[nodiscard]] Tensor load(std::int64_t i) const;

  /// SHA-256 of the image as stored (a file's bytes): 64 hexadecimal digits.
  [[nodiscard]] std::string content_digest(std::int64_t i) const;

  /// From now on load() throws DataError for an image whose content has another digest: `digests` are those of all
  /// images, in their order, when the run began. Throws UserError for another number of them.
  void expect(std::vector<std::string> digests);

  /// Whether there is no file: the images are drawn from a law.
  [[nodiscard]] bool drawn() const { return spec_.drawn; }

  /// What is no error, but what a person should know of these images: files left out, floats that look like [0, 1].
  [[nodiscard]] std::vector<std::string> remarks() const;

  /// Shape of every image: [channels, size, size], or that of the first image where no size is asked for.
  [[nodiscard]] ImageShape shape() const;

  /// Reads every image. Throws UserError naming those that are damaged or of another shape than the rest.
  void verify() const;

 private:
  Dataset(DatasetSpec spec, std::shared_ptr<const ImageSource> source, std::vector<std::int64_t> chosen);
  [[nodiscard]] std::vector<std::string> ids() const;

  /// What is stored of image i, checked against what is expected.
  [[nodiscard]] std::string content(std::int64_t i) const;
  /// The shape that the image at a position of the source will have, told from its header. Throws DataError where it is
  /// of another size than asked for, before memory is taken for its pixels.
  [[nodiscard]] ImageShape fitting_shape(const std::string& content, std::int64_t position) const;
  [[nodiscard]] Tensor ready(const std::string& content, std::int64_t position) const;

  DatasetSpec spec_;
  std::vector<std::string> expected_;  ///< SHA-256 of each image; empty: any will do
  std::shared_ptr<const ImageSource> source_;
  std::vector<std::int64_t> chosen_;
  std::vector<std::int64_t> labels_;
};

}  // namespace dpsbench
