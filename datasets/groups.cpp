#include "datasets/groups.h"

#include <map>
#include <regex>

#include "core/error.h"
#include "datasets/id_values.h"

namespace dpsbench {
namespace {

std::regex group_pattern(const std::string& pattern) {
  std::regex expression;
  try {
    expression = std::regex(pattern);
  } catch (const std::regex_error& error) {
    throw UserError("groups: '{}' is no regular expression: {}", pattern, error.what());
  }
  if (expression.mark_count() != 1)
    throw UserError(
        "groups: '{}' has {} capturing groups; one is needed, as in (.*)-[0-9]+: what it captures is the group",
        pattern, expression.mark_count());
  return expression;
}

}  // namespace

void check_group_pattern(const std::string& pattern) { static_cast<void>(group_pattern(pattern)); }

std::vector<std::string> image_groups(const GroupSpec& spec, const std::vector<std::string>& image_ids) {
  std::vector<std::string> groups;
  if (spec.empty()) return groups;
  if (!spec.file.empty()) {
    const std::map<std::string, std::string> listed = read_id_values(spec.file, "group");
    for (const std::string& id : image_ids) {
      const auto found = listed.find(id);
      if (found == listed.end()) throw UserError("{} has no group of image {}", spec.file.string(), id);
      groups.push_back(found->second);
    }
    return groups;
  }
  const std::regex expression = group_pattern(spec.pattern);
  for (const std::string& id : image_ids) {
    std::smatch match;
    if (!std::regex_match(id, match, expression) || match[1].length() == 0)
      throw UserError("groups: the pattern '{}' finds no group in the image id '{}'", spec.pattern, id);
    groups.push_back(match[1].str());
  }
  return groups;
}

}  // namespace dpsbench
