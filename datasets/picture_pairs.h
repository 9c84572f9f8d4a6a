#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/folder_files.h"

namespace dpsbench {

/// A picture and the true one that it is compared with.
struct PicturePair {
  std::string name;  ///< the sample's file name without ending, UTF-8
  std::filesystem::path sample;
  std::filesystem::path reference;
};

/// The pictures of two folders by name: the reference is the file of the same name, else the one that differs in the
/// ending only. Throws UserError for a sample without a reference, for one that fits several, for two samples or two
/// names that nothing would tell apart, and for names that are not UTF-8.
std::vector<PicturePair> pair_pictures(const FolderFiles& samples, const FolderFiles& references);

/// The references that no pair takes, in their order.
std::vector<std::filesystem::path> left_over(const FolderFiles& references, const std::vector<PicturePair>& pairs);

}  // namespace dpsbench
