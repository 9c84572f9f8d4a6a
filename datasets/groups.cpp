#include "datasets/groups.h"

#include <fstream>
#include <map>
#include <regex>

#include "core/error.h"

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

std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// id -> group. The last comma parts them, so that ids may have some. Lines that start with # are left out.
std::map<std::string, std::string> read_groups(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw UserError("the list of groups {} cannot be read", file.string());
  std::map<std::string, std::string> groups;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // byte order mark
    const std::string text = without_blanks(line);
    if (text.empty() || text.front() == '#') continue;
    const std::size_t comma = text.rfind(',');
    const std::string id = without_blanks(text.substr(0, comma));
    const std::string group = comma == std::string::npos ? "" : without_blanks(text.substr(comma + 1));
    if (id.empty() || group.empty())
      throw UserError("{} line {}: '{}' is not 'id,group', as in cat-1,cat", file.string(), number, text);
    if (!groups.emplace(id, group).second)
      throw UserError("{} line {}: image {} has a group already", file.string(), number, id);
  }
  return groups;
}

}  // namespace

void check_group_pattern(const std::string& pattern) { static_cast<void>(group_pattern(pattern)); }

std::vector<std::string> image_groups(const GroupSpec& spec, const std::vector<std::string>& image_ids) {
  std::vector<std::string> groups;
  if (spec.empty()) return groups;
  if (!spec.file.empty()) {
    const std::map<std::string, std::string> listed = read_groups(spec.file);
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
