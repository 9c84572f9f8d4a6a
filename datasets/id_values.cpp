#include "datasets/id_values.h"

#include <charconv>
#include <fstream>

#include "core/error.h"

namespace dpsbench {
namespace {

std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::map<std::string, std::string> read_id_values(const std::filesystem::path& file, const std::string& what) {
  std::ifstream stream(file);
  if (!stream)
    throw UserError("the list of {} {} cannot be read", what == "class" ? "classes" : what + "s", file.string());
  std::map<std::string, std::string> values;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // byte order mark
    const std::string text = without_blanks(line);
    if (text.empty() || text.front() == '#') continue;
    const std::size_t comma = text.rfind(',');
    const std::string id = without_blanks(text.substr(0, comma));
    const std::string value = comma == std::string::npos ? "" : without_blanks(text.substr(comma + 1));
    if (id.empty() || value.empty())
      throw UserError("{} line {}: '{}' is not 'id,{}', as in {}", file.string(), number, text, what,
                      what == "class" ? "cat-1,281" : "cat-1,cat");
    if (!values.emplace(id, value).second)
      throw UserError("{} line {}: image {} has a {} already", file.string(), number, id, what);
  }
  return values;
}

std::vector<std::int64_t> image_labels(const std::filesystem::path& file, const std::vector<std::string>& image_ids) {
  std::vector<std::int64_t> labels;
  if (file.empty()) return labels;
  const std::map<std::string, std::string> listed = read_id_values(file, "class");
  for (const std::string& id : image_ids) {
    const auto found = listed.find(id);
    if (found == listed.end()) throw UserError("{} has no class of image {}", file.string(), id);
    const std::string& text = found->second;
    std::int64_t label = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
    if (error != std::errc() || end != text.data() + text.size() || label < 0)
      throw UserError("{}: the class of image {} is '{}'; allowed: a whole number from 0 on", file.string(), id, text);
    labels.push_back(label);
  }
  return labels;
}

}  // namespace dpsbench
