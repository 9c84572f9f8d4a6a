#pragma once
#include <string>

namespace dpsbench {

/// A text as one field of a CSV line: in quotes where it holds a comma, a quote or a line's end (RFC 4180).
std::string csv_field(const std::string& text);

}  // namespace dpsbench
