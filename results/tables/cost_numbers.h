#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

inline constexpr double megabyte = 1e6;

/// A number that a cell's cost is told by; NaN where an output of an earlier version does not have it.
inline double number_or_nan(const CellResult& cell, const std::string& name) {
  return cell.attributes.contains(name) ? cell.number(name) : std::nan("");
}

/// What the column NFE counts.
inline std::string nfe_note(const std::vector<CellResult>& cells) {
  const bool tiled = std::ranges::any_of(
      cells, [](const CellResult& cell) { return cell.attributes.contains("passes_of_an_evaluation"); });
  if (!tiled) return "NFE: forward passes of the network for one image.";
  return "NFE: evaluations of the network for one image; under a prior of tiles each is a forward pass of every tile.";
}

}  // namespace dpsbench
