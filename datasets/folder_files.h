#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// The pictures of a folder by their names' endings (.png, .jpg, .jpeg, whatever the case), and what is beside them.
struct FolderFiles {
  std::vector<std::filesystem::path> pictures;  ///< in natural order: img2 before img10
  std::vector<std::string> remarks;             ///< what was left out: other files, subfolders; at most one sentence
};

/// Throws UserError when there are no pictures, and for a picture's name that stands for no file: a link that leads
/// nowhere or in a circle, a pipe, a device. Names that begin with a dot, and
/// texts (.md, .txt, .csv, .json, .yaml, .html, .xml), are passed over in silence.
FolderFiles list_pictures(const std::filesystem::path& folder);

}  // namespace dpsbench
