#include "datasets/selection.h"

#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r");
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(" \t\r") - start + 1);
}

/// One position; throws UserError unless `text` is a whole number.
std::int64_t parse_position(std::string_view text, const std::string& all) {
  std::int64_t value = -1;
  const std::string_view digits = trimmed(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 0)
    throw UserError("images: '{}' is not a list of positions such as 0-199 or 3,5,9-12", all);
  return value;
}

}  // namespace

std::vector<std::int64_t> parse_positions(const std::string& text, std::int64_t count, const std::string& what) {
  const std::string everything = fmt::format("0-{}", count - 1);
  const std::string& list = trimmed(text).empty() ? everything : text;
  std::vector<std::int64_t> positions;
  std::set<std::int64_t> seen;
  std::string_view rest = list;
  while (true) {
    const std::string_view part = rest.substr(0, rest.find(','));
    const std::size_t dash = part.find('-');
    const std::int64_t first = parse_position(part.substr(0, dash), list);
    const std::int64_t last = dash == std::string_view::npos ? first : parse_position(part.substr(dash + 1), list);
    if (last < first) throw UserError("images: the range {}-{} runs backwards", first, last);
    if (last >= count)
      throw UserError("images: position {} does not exist: {} has {} images, 0 to {}", last, what, count, count - 1);
    for (std::int64_t position = first; position <= last; ++position) {
      if (!seen.insert(position).second) throw UserError("images: position {} is named twice in '{}'", position, list);
      positions.push_back(position);
    }
    if (part.size() == rest.size()) return positions;
    rest.remove_prefix(part.size() + 1);
  }
}

std::vector<std::string> read_id_list(const std::filesystem::path& file) {
  std::istringstream stream(read_text(file));
  std::vector<std::string> ids;
  std::set<std::string> seen;
  for (std::string line; std::getline(stream, line);) {
    const std::string id(trimmed(line));
    if (id.empty() || id.front() == '#') continue;
    if (!seen.insert(id).second) throw UserError("{} names image {} twice", file.string(), id);
    ids.push_back(id);
  }
  if (ids.empty()) throw UserError("{} names no images", file.string());
  return ids;
}

std::vector<std::int64_t> find_ids(const std::vector<std::string>& wanted, const std::vector<std::string>& available,
                                   const std::filesystem::path& id_file, const std::string& what) {
  std::map<std::string, std::int64_t> by_name;
  std::multimap<std::string, std::int64_t> by_ending;
  for (std::size_t k = 0; k < available.size(); ++k) {
    by_name[available[k]] = static_cast<std::int64_t>(k);
    const std::size_t underscore = available[k].rfind('_');
    if (underscore != std::string::npos)
      by_ending.emplace(available[k].substr(underscore + 1), static_cast<std::int64_t>(k));
  }
  std::vector<std::int64_t> positions;
  std::vector<std::string> missing;
  for (const std::string& id : wanted) {
    const auto exact = by_name.find(id);
    if (exact != by_name.end())
      positions.push_back(exact->second);
    else if (by_ending.count(id) == 1)
      positions.push_back(by_ending.find(id)->second);
    else if (by_ending.count(id) > 1)
      throw UserError("image {} of {} fits several images of {}", id, id_file.string(), what);
    else
      missing.push_back(id);
  }
  std::map<std::int64_t, std::string> names;
  for (std::size_t k = 0; k < positions.size() && missing.empty(); ++k) {
    const auto [first, is_new] = names.emplace(positions[k], wanted[k]);
    if (!is_new)
      throw UserError("{} names image {} of {} twice: as {} and as {}", id_file.string(),
                      available[static_cast<std::size_t>(positions[k])], what, first->second, wanted[k]);
  }
  if (!missing.empty())
    throw UserError("{} of the {} images that {} names are not in {}: {}{}", missing.size(), wanted.size(),
                    id_file.string(), what, missing.front(), missing.size() > 1 ? ", ..." : "");
  return positions;
}

}  // namespace dpsbench
