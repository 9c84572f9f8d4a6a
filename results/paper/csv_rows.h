#pragma once
#include <map>
#include <string>
#include <vector>

namespace dpsbench {

/// The parts of a text between separators; none after the last one.
std::vector<std::string> split(const std::string& text, char separator);

/// The lines of a CSV file without quotes, each by the heads of the first.
std::vector<std::map<std::string, std::string>> csv_rows(const std::string& text);

}  // namespace dpsbench
