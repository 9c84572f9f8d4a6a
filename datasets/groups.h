#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// Which images belong together, as crops of one photograph or frames of one film do: nothing, a pattern or a file.
struct GroupSpec {
  std::string pattern;         ///< ECMAScript, of whole ids; its one capturing group names the image's group
  std::filesystem::path file;  ///< lines "id,group"
  [[nodiscard]] bool empty() const { return pattern.empty() && file.empty(); }
};

/// The group of each image; empty for an empty spec. Throws UserError for a pattern that is none or has not one
/// capturing group, a file that cannot be read or has a line without a comma or names an image twice, and for images
/// without a group, naming the first.
std::vector<std::string> image_groups(const GroupSpec& spec, const std::vector<std::string>& image_ids);

/// Throws UserError unless `pattern` is a regular expression with one capturing group.
void check_group_pattern(const std::string& pattern);

}  // namespace dpsbench
