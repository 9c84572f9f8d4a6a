#include "datasets/dataset.h"

#include <set>

#include "core/error.h"
#include "datasets/image_source.h"
#include "datasets/resize.h"
#include "datasets/selection.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProblemsShown = 5;

std::string as_text(const ImageShape& shape) { return fmt::format("{} x {}", shape.width, shape.height); }

ImageShape shape_of(const Tensor& image) { return {image.size(0), image.size(1), image.size(2)}; }

void check_spec(const DatasetSpec& spec) {
  if (spec.size < 0)
    throw UserError("dataset {}: size is {}; allowed are 0 (as they are) and up", spec.name, spec.size);
  if (spec.channels != 1 && spec.channels != 3)
    throw UserError("dataset {}: channels is {}; allowed are 1 and 3", spec.name, spec.channels);
  if (spec.resize && spec.size == 0) throw UserError("dataset {}: resize needs a size to resize to", spec.name);
}

std::unique_ptr<ImageSource> open_source(const DatasetSpec& spec) {
  std::error_code ignored;
  if (fs::is_directory(spec.path, ignored)) return open_image_folder(spec.path);
  if (!fs::exists(spec.path, ignored))
    throw UserError(
        "dataset {}: {} does not exist; put the images (PNG or JPEG) into a folder of that name, or set the "
        "dataset's path to the folder, HDF5 or idx file that holds them",
        spec.name, fs::absolute(spec.path).string());
  if (is_hdf5(spec.path)) return open_hdf5_images(spec.path);
  return open_idx_images(spec.path);
}

std::vector<std::string> ids_of(const ImageSource& source, const fs::path& path) {
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (std::int64_t k = 0; k < source.size(); ++k) {
    ids.push_back(source.id(k));
    if (!seen.insert(ids.back()).second)
      throw UserError("{} holds two images with the id {}: nothing would tell their results apart", path.string(),
                      ids.back());
  }
  return ids;
}

}  // namespace

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

std::vector<std::string> Dataset::groups() const {
  std::vector<std::string> ids;
  for (std::int64_t i = 0; i < size(); ++i) ids.push_back(id(i));
  return image_groups(spec_.groups, ids);
}

std::string Dataset::content_digest(std::int64_t i) const { return source_->digest(chosen_.at(i)); }

Tensor Dataset::load(std::int64_t i) const {
  const std::int64_t position = chosen_.at(i);
  Tensor image = with_channels(source_->read(position), spec_.channels);
  const ImageShape stored = shape_of(image);
  if (spec_.size == 0 || (stored.height == spec_.size && stored.width == spec_.size)) return image;
  if (spec_.resize) return resize(centre_square(image), spec_.size, spec_.size);
  if (source_->pads() && stored.height <= spec_.size && stored.width <= spec_.size)
    return pad_to_square(image, spec_.size);
  throw DataError("{} has {} pixels, not the {} x {} asked for (resize: true crops and resamples)",
                  source_->describe(position), as_text(stored), spec_.size, spec_.size);
}

ImageShape Dataset::shape() const {
  if (spec_.size > 0) return {spec_.channels, spec_.size, spec_.size};
  return shape_of(load(0));
}

void Dataset::verify() const {
  std::vector<std::string> problems;
  ImageShape expected;
  for (std::int64_t i = 0; i < size() && problems.size() < kProblemsShown; ++i) {
    try {
      const ImageShape met = shape_of(load(i));
      if (expected.height == 0) expected = met;
      if (!(met == expected))
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
