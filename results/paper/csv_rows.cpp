#include "results/paper/csv_rows.h"

#include <sstream>

namespace dpsbench {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream rest(text);
  while (std::getline(rest, part, separator)) parts.push_back(part);
  return parts;
}

std::vector<std::map<std::string, std::string>> csv_rows(const std::string& text) {
  const std::vector<std::string> lines = split(text, '\n');
  const std::vector<std::string> heads = split(lines.at(0), ',');
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t k = 1; k < lines.size(); ++k) {
    std::vector<std::string> fields = split(lines[k], ',');
    fields.resize(heads.size());
    std::map<std::string, std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < heads.size(); ++i) row[heads[i]] = fields[i];
  }
  return rows;
}

}  // namespace dpsbench
