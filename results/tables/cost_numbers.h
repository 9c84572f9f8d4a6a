#pragma once
#include <cmath>
#include <string>

#include "results/store/reader.h"

namespace dpsbench {

inline constexpr double megabyte = 1e6;

/// A number that a cell's cost is told by; NaN where an output of an earlier version does not have it.
inline double number_or_nan(const CellResult& cell, const std::string& name) {
  return cell.attributes.contains(name) ? cell.number(name) : std::nan("");
}

}  // namespace dpsbench
