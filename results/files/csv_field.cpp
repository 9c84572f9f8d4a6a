#include "results/files/csv_field.h"

#include <charconv>

namespace dpsbench {
namespace {

/// Whether a whole text is a number, as "-0.5" is, so that no spreadsheet computes anything from it.
bool is_number(const std::string& text) {
  double value = 0;
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Whether a spreadsheet would compute something from it. A name such as "--help" or "-rf" it would not.
bool is_formula(const std::string& text) {
  if (text.starts_with('-')) return text.find_first_of("()|!+*/=&^%<>,;:\"") != std::string::npos && !is_number(text);
  return text.find_first_of("=+@\t\r\n") == 0 && !is_number(text);
}

}  // namespace

std::string csv_field(const std::string& text) {
  const std::string shown = is_formula(text) ? "'" + text : text;
  if (shown.find_first_of(",\"\r\n") == std::string::npos) return shown;
  std::string result = "\"";
  for (const char c : shown) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace dpsbench
