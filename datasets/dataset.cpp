#include "datasets/dataset.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/error.h"
#include "core/files/text.h"
#include "core/sha256.h"
#include "core/words/utf8.h"
#include "datasets/exif.h"
#include "datasets/id_values.h"
#include "datasets/image_source.h"
#include "datasets/resize.h"
#include "datasets/selection.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProblemsShown = 5;
constexpr std::int64_t kLookedAt = 16;  // images that tell whether floats lie in [0, 1]

std::string as_text(const ImageShape& shape) { return fmt::format("{} x {}", shape.width, shape.height); }

void check_spec(const DatasetSpec& spec) {
  if (spec.size < 0)
    throw UserError("dataset {}: size is {}; allowed are 0 (as they are) and up", spec.name, spec.size);
  if (spec.channels != 1 && spec.channels != 3)
    throw UserError("dataset {}: channels is {}; allowed are 1 and 3", spec.name, spec.channels);
  if (spec.resize && spec.size == 0) throw UserError("dataset {}: resize needs a size to resize to", spec.name);
}

std::unique_ptr<ImageSource> open_source(const DatasetSpec& spec) {
  std::error_code ignored;
  const fs::file_status status = fs::status(spec.path, ignored);
  const std::string path = shown(fs::absolute(spec.path).string());
  if (fs::is_directory(status)) return open_image_folder(spec.path);
  if (fs::is_symlink(fs::symlink_status(spec.path, ignored)) && !fs::is_regular_file(status))
    throw UserError("dataset {}: {} is a link that leads to no folder and no file", spec.name, path);
  if (!fs::exists(status))
    throw UserError(
        "dataset {}: {} does not exist; put the images (PNG or JPEG) into a folder of that name, or set the "
        "dataset's path to the folder, HDF5 or idx file that holds them",
        spec.name, path);
  if (!fs::is_regular_file(status))
    throw UserError("dataset {}: {} is a pipe or a device; give a folder or a file", spec.name, path);
  if (is_hdf5(spec.path)) return open_hdf5_images(spec.path);
  return open_idx_images(spec.path);
}

std::vector<std::string> ids_of(const ImageSource& source, const fs::path& path) {
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (std::int64_t k = 0; k < source.size(); ++k) {
    ids.push_back(source.id(k));
    if (!is_utf8(ids.back()))
      throw UserError("{}: the id '{}' of {} is not UTF-8: rename the image", shown(path.string()), shown(ids.back()),
                      shown(source.describe(k)));
    if (!seen.insert(ids.back()).second)
      throw UserError("{} holds two images with the id {}: nothing would tell their results apart", path.string(),
                      ids.back());
  }
  return ids;
}

/// Whether none of the first images has a number below 0, as those of [-1, 1] nearly always have.
bool looks_like_unit_range(const ImageSource& source, const std::vector<std::int64_t>& chosen) {
  if (!source.holds_floats()) return false;
  const auto count = std::min<std::int64_t>(kLookedAt, static_cast<std::int64_t>(chosen.size()));
  for (std::int64_t k = 0; k < count; ++k) {
    const std::string content = source.content(chosen[static_cast<std::size_t>(k)]);
    std::vector<float> values(content.size() / sizeof(float));
    std::memcpy(values.data(), content.data(), values.size() * sizeof(float));
    if (std::any_of(values.begin(), values.end(), [](float value) { return !(value >= 0); })) return false;
  }
  return true;
}

/// The first of the images looked at that asks viewers to turn it; empty: none does.
std::string first_turned(const ImageSource& source, const std::vector<std::int64_t>& chosen) {
  const auto count = std::min<std::int64_t>(kLookedAt, static_cast<std::int64_t>(chosen.size()));
  for (std::int64_t k = 0; k < count; ++k) {
    const std::int64_t position = chosen[static_cast<std::size_t>(k)];
    if (orientation_of(source.content(position)) != 1) return source.describe(position);
  }
  return {};
}

}  // namespace

Dataset::Dataset(DatasetSpec spec, std::shared_ptr<const ImageSource> source, std::vector<std::int64_t> chosen)
    : spec_(std::move(spec)), source_(std::move(source)), chosen_(std::move(chosen)) {
  if (!spec_.labels.empty()) labels_ = image_labels(spec_.labels, ids());
}

Dataset Dataset::of(const DatasetSpec& spec, std::shared_ptr<const ImageSource> source) {
  std::vector<std::int64_t> chosen = parse_positions(spec.images, source->size(), spec.name);
  return {spec, std::move(source), std::move(chosen)};
}

Dataset Dataset::open(const DatasetSpec& spec) {
  check_spec(spec);
  std::shared_ptr<const ImageSource> source = open_source(spec);
  const std::vector<std::string> available = ids_of(*source, spec.path);
  if (spec.ids.empty()) return {spec, source, parse_positions(spec.images, source->size(), spec.path.string())};

  const std::vector<std::int64_t> listed = find_ids(read_id_list(spec.ids), available, spec.ids, spec.path.string());
  std::vector<std::int64_t> chosen;
  for (const std::int64_t k : parse_positions(spec.images, static_cast<std::int64_t>(listed.size()), spec.ids.string()))
    chosen.push_back(listed[static_cast<std::size_t>(k)]);
  return {spec, source, chosen};
}

const std::string& Dataset::id(std::int64_t i) const { return source_->id(chosen_.at(i)); }

std::vector<std::string> Dataset::ids() const {
  std::vector<std::string> ids;
  for (std::int64_t i = 0; i < size(); ++i) ids.push_back(id(i));
  return ids;
}

std::vector<std::string> Dataset::groups() const { return image_groups(spec_.groups, ids()); }

std::string Dataset::content_digest(std::int64_t i) const { return sha256(source_->content(chosen_.at(i))); }

void Dataset::expect(std::vector<std::string> digests) {
  if (digests.size() != chosen_.size())
    throw UserError("dataset {} has {} images now, and had {} when the run began", spec_.name, chosen_.size(),
                    digests.size());
  expected_ = std::move(digests);
}

std::vector<std::string> Dataset::remarks() const {
  std::vector<std::string> remarks = source_->remarks();
  if (looks_like_unit_range(*source_, chosen_))
    remarks.push_back(fmt::format(
        "{} holds floats, which are read as [-1, 1], but its first images have no number below 0: images in "
        "[0, 1] must be stored as 2 x - 1, or as bytes",
        spec_.path.string()));
  if (const std::string turned = first_turned(*source_, chosen_); !turned.empty())
    remarks.push_back(fmt::format(
        "{} has an EXIF orientation, which viewers turn it by: data sets are read as they lie, as authors' loaders do; "
        "save pictures upright if that is meant",
        turned));
  return remarks;
}

std::string Dataset::content(std::int64_t i) const {
  std::string content = source_->content(chosen_.at(i));
  if (!expected_.empty() && sha256(content) != expected_.at(static_cast<std::size_t>(i)))
    throw DataError(
        "{} has been replaced since the run began: put the picture back that was there and run again, or begin another "
        "output",
        source_->describe(chosen_.at(i)));
  return content;
}

ImageShape Dataset::fitting_shape(const std::string& content, std::int64_t position) const {
  const ImageShape stored = source_->shape(content, position);
  const std::int64_t size = spec_.size;
  if (size == 0) return {spec_.channels, stored.height, stored.width};
  const bool fits = (stored.height == size && stored.width == size) || spec_.resize ||
                    (source_->pads() && stored.height <= size && stored.width <= size);
  if (!fits)
    throw DataError("{} has {} pixels, not the {} x {} asked for (resize: true crops and resamples)",
                    source_->describe(position), as_text(stored), size, size);
  return {spec_.channels, size, size};
}

Tensor Dataset::ready(const std::string& content, std::int64_t position) const {
  const ImageShape wanted = fitting_shape(content, position);
  Tensor image = source_->decode(content, position);
  if (spec_.channels < image.size(0)) image = with_channels(image, spec_.channels);
  if (image.size(1) != wanted.height || image.size(2) != wanted.width)
    image = spec_.resize ? resize(centre_square(image), wanted.height, wanted.width) : pad_to_square(image, spec_.size);
  return with_channels(image, spec_.channels);  // grey is repeated last: a third of the memory
}

Tensor Dataset::load(std::int64_t i) const { return ready(content(i), chosen_.at(i)); }

ImageShape Dataset::shape() const {
  if (spec_.size > 0) return {spec_.channels, spec_.size, spec_.size};
  return fitting_shape(content(0), chosen_.at(0));
}

void Dataset::verify() const {
  std::vector<std::string> problems;
  ImageShape expected;
  for (std::int64_t i = 0; i < size() && problems.size() < kProblemsShown; ++i) {
    try {
      const std::string stored = content(i);
      const ImageShape met = fitting_shape(stored, chosen_.at(i));
      if (expected.height == 0) expected = met;
      if (met == expected)
        (void)ready(stored, chosen_.at(i));
      else
        problems.push_back(fmt::format("{} has {} pixels, the first image {}", source_->describe(chosen_.at(i)),
                                       as_text(met), as_text(expected)));
    } catch (const DataError& error) {
      problems.push_back(error.what());
    }
  }
  if (!problems.empty())
    throw UserError("dataset {} is not fit to use:\n  {}", spec_.name, fmt::join(problems, "\n  "));
}

}  // namespace dpsbench
