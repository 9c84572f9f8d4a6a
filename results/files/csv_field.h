#pragma once
#include <string>

namespace dpsbench {

/// One field of a CSV file, RFC 4180. A text that a spreadsheet would take for a formula (it begins with = + @, a tab,
/// a line end, or with - and computes something, and is no number) gets a ' in front, which spreadsheets take away.
std::string csv_field(const std::string& text);

}  // namespace dpsbench
