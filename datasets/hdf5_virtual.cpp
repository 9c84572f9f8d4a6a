#include <algorithm>

#include "core/error.h"
#include "datasets/hdf5_input.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

/// One of the data sets that a virtual one is put together from.
struct VirtualPart {
  std::string file;  ///< "." is the virtual data set's own
  std::string dataset;
};

template <typename Get>
std::string text_of(const Get& get) {
  const ssize_t length = get(nullptr, 0);
  if (length < 0) return {};
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  get(text.data(), text.size());
  text.pop_back();
  return text;
}

std::vector<VirtualPart> parts_of(const Hdf5Object& properties) {
  std::size_t count = 0;
  H5Pget_virtual_count(properties.id(), &count);
  std::vector<VirtualPart> parts;
  for (std::size_t k = 0; k < count; ++k)
    parts.push_back(
        {text_of([&](char* text, std::size_t size) { return H5Pget_virtual_filename(properties.id(), k, text, size); }),
         text_of(
             [&](char* text, std::size_t size) { return H5Pget_virtual_dsetname(properties.id(), k, text, size); })});
  return parts;
}

bool lies_beside(const fs::path& file, const fs::path& other) {
  std::error_code none;
  const fs::path folder = fs::canonical(fs::absolute(file).parent_path(), none);
  const fs::path found = fs::canonical(other, none);
  return !none && found.parent_path() == folder;
}

hssize_t points_of(const Hdf5Object& dataset) {
  const Hdf5Object space(H5Dget_space(dataset.id()), H5Sclose);
  return H5Sget_simple_extent_npoints(space.id());
}

/// Whether all that a part takes, `points` numbers, lies within what its data set holds now.
bool holds(const Hdf5Object& dataset, const Hdf5Object& taken, hssize_t points) {
  if (H5Sget_select_type(taken.id()) == H5S_SEL_ALL) return points_of(dataset) == points;
  const std::vector<hsize_t> sizes = hdf5_extent(dataset);
  std::vector<hsize_t> first(sizes.size());
  std::vector<hsize_t> last(sizes.size());
  if (H5Sget_simple_extent_ndims(taken.id()) != static_cast<int>(sizes.size())) return false;
  if (H5Sget_select_bounds(taken.id(), first.data(), last.data()) < 0) return false;
  for (std::size_t k = 0; k < sizes.size(); ++k)
    if (last[k] >= sizes[k]) return false;
  return true;
}

/// Other numbers would be converted, and cut off at the ends of what the type holds.
bool same_type(const Hdf5Object& one, const Hdf5Object& other) {
  const Hdf5Object first(H5Dget_type(one.id()), H5Tclose);
  const Hdf5Object second(H5Dget_type(other.id()), H5Tclose);
  return H5Tequal(first.id(), second.id()) > 0;
}

}  // namespace

void Hdf5Input::require_sources(const Hdf5Object& dataset, const Hdf5Object& properties,
                                const std::string& where) const {
  const std::vector<VirtualPart> parts = parts_of(properties);
  const fs::path folder = fs::absolute(file_).parent_path();
  hssize_t covered = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const fs::path other = parts[k].file == "." ? file_ : folder / parts[k].file;
    std::error_code ignored;
    if (!fs::is_regular_file(other, ignored))
      throw DataError("{} is virtual, and its source {} is not there: put it there, or copy its numbers into this file",
                      where, other.string());
    if (!lies_beside(file_, other))
      throw DataError(
          "{} is virtual, and its source {} lies in another folder, which is not followed: put it beside this file, or "
          "copy its numbers into this file",
          where, other.string());
    const Hdf5Input source(other);
    const std::optional<Hdf5Object> numbers = source.stored_dataset(parts[k].dataset);
    const Hdf5Object taken(H5Pget_virtual_srcspace(properties.id(), k), H5Sclose);
    const Hdf5Object put(H5Pget_virtual_vspace(properties.id(), k), H5Sclose);
    const hssize_t points = H5Sget_select_npoints(put.id());
    if (points < 0) throw DataError("{} is virtual, and takes parts without end of {}", where, other.string());
    const bool is_virtual =
        numbers && H5Pget_layout(Hdf5Object(H5Dget_create_plist(numbers->id()), H5Pclose).id()) == H5D_VIRTUAL;
    if (!numbers || is_virtual || !holds(*numbers, taken, points) || !same_type(*numbers, dataset))
      throw DataError("{} is virtual, and its source {} holds no data set {} of the numbers and the size it takes",
                      where, other.string(), parts[k].dataset);
    covered += points;
  }
  if (covered != points_of(dataset)) throw DataError("{} is virtual, and some of it has no source", where);
}

std::vector<std::string> Hdf5Input::sources(const Hdf5Object& dataset) {
  const Hdf5Object properties(H5Dget_create_plist(dataset.id()), H5Pclose);
  std::vector<std::string> files;
  if (H5Pget_layout(properties.id()) != H5D_VIRTUAL) return files;
  for (const VirtualPart& part : parts_of(properties))
    if (std::find(files.begin(), files.end(), part.file) == files.end()) files.push_back(part.file);
  return files;
}

}  // namespace dpsbench
