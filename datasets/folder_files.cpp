#include "datasets/folder_files.h"

#include <algorithm>

#include "core/error.h"
#include "core/files/text.h"
#include "datasets/natural_order.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamesShown = 3;

bool ends_in_one_of(const fs::path& file, const std::vector<std::string>& endings) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

bool has_image_ending(const fs::path& file) { return ends_in_one_of(file, {".png", ".jpg", ".jpeg"}); }

/// Whether a file is a picture by its name, of a format that is not read.
bool has_other_image_ending(const fs::path& file) {
  return ends_in_one_of(file, {".webp", ".heic", ".heif", ".avif", ".jxl", ".bmp", ".gif", ".tif", ".tiff"});
}

/// Whether a file is passed over in silence: hidden, or a text about the pictures.
bool goes_without_saying(const fs::path& file) {
  return file.filename().string().starts_with('.') ||
         ends_in_one_of(file, {".md", ".txt", ".csv", ".json", ".yaml", ".yml", ".html", ".xml"});
}

bool by_natural_order(const fs::path& a, const fs::path& b) {
  return natural_less(a.filename().string(), b.filename().string());
}

/// "3 subfolders (a, b, ...)"; empty if there are none.
std::string counted(std::vector<fs::path> files, const std::string& one, const std::string& several) {
  if (files.empty()) return {};
  std::sort(files.begin(), files.end(), by_natural_order);
  std::vector<std::string> names;
  for (std::size_t k = 0; k < std::min(files.size(), kNamesShown); ++k)
    names.push_back(shown(files[k].filename().string()));
  return fmt::format("{} {} ({}{})", files.size(), files.size() == 1 ? one : several, fmt::join(names, ", "),
                     files.size() > kNamesShown ? ", ..." : "");
}

/// What to do about pictures of formats that are not read, as the end of a sentence; empty where there are none.
std::string how_to_convert(const std::vector<fs::path>& files) {
  const auto picture = std::find_if(files.begin(), files.end(), has_other_image_ending);
  if (picture == files.end()) return {};
  return fmt::format(
      "; only PNG and JPEG are read: save {} and the like as PNG, for example with ImageMagick: "
      "mogrify -format png *{}",
      shown(picture->filename().string()), shown(picture->extension().string()));
}

std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator(); entry.increment(error))
    entries.push_back(*entry);
  if (error) throw UserError("{} cannot be listed: {}", shown(folder.string()), error.message());
  return entries;
}

}  // namespace

FolderFiles list_pictures(const fs::path& folder) {
  FolderFiles found;
  std::vector<fs::path> others;
  std::vector<fs::path> subfolders;
  for (const fs::directory_entry& entry : entries_of(folder)) {
    std::error_code error;
    const fs::file_status status = entry.status(error);
    if (goes_without_saying(entry.path())) continue;
    if (fs::is_directory(status))
      subfolders.push_back(entry.path());
    else if (!has_image_ending(entry.path()))
      others.push_back(entry.path());
    else if (fs::is_regular_file(status))
      found.pictures.push_back(entry.path());
    else
      throw UserError(
          "{} is no picture: it {}; mend or delete it, for without it the images are others",
          shown(entry.path().string()),
          entry.is_symlink(error) ? "is a link that leads to no file" : "is a pipe, a device or unreadable");
  }
  std::sort(found.pictures.begin(), found.pictures.end(), by_natural_order);
  const std::string other = counted(others, "file that is by its name neither PNG nor JPEG",
                                    "files that are by their names neither PNG nor JPEG");
  const std::string nested = counted(subfolders, "subfolder", "subfolders");
  const std::string left_out = other + (other.empty() || nested.empty() ? "" : " and ") + nested;
  if (found.pictures.empty())
    throw UserError("{} holds no PNG or JPEG files (its subfolders are not searched){}{}", shown(folder.string()),
                    left_out.empty() ? "" : ", but " + left_out, how_to_convert(others));
  if (!left_out.empty())
    found.remarks.push_back(
        fmt::format("{}: left out are {}{}", shown(folder.string()), left_out, how_to_convert(others)));
  return found;
}

}  // namespace dpsbench
