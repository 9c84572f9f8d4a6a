#include "runner/afterwards/differences.h"

#include <fmt/format.h>

#include <algorithm>

namespace dpsbench {
namespace {

bool same_numbers(const Tensor& one, const Tensor& other) {
  if (one.sizes() != other.sizes() || one.dtype() != other.dtype()) return false;
  return at::equal(one.nan_to_num(0), other.nan_to_num(0)) && at::equal(one.isnan(), other.isnan());
}

void compare_cell(const ResultsFile& told, const CellResult& one, const ResultsFile& anew, const CellResult& other,
                  std::vector<std::string>& found) {
  if (one.image_ids != other.image_ids) {
    found.push_back(fmt::format("{}: other images", one.id));
    return;
  }
  for (const char* name : {"reference", "measurement", "samples"}) {
    const bool there = told.has(one, name);
    if (there != anew.has(other, name) || (there && !same_numbers(told.read(one, name), anew.read(other, name))))
      found.push_back(fmt::format("{}: {} differ", one.id, name));
  }
  for (const auto& [metric, values] : one.metrics)
    if (!other.metrics.contains(metric) || !same_numbers(values, other.metrics.at(metric)))
      found.push_back(fmt::format("{}: {} differs", one.id, metric));
}

}  // namespace

std::vector<std::string> differences(const ResultsFile& told, const ResultsFile& anew) {
  std::vector<std::string> found;
  for (const CellResult& cell : told.cells()) {
    const auto other = std::ranges::find(anew.cells(), cell.id, &CellResult::id);
    if (other == anew.cells().end())
      found.push_back(fmt::format("{}: these answers do not give it", cell.id));
    else
      compare_cell(told, cell, anew, *other, found);
  }
  for (const CellResult& cell : anew.cells())
    if (std::ranges::find(told.cells(), cell.id, &CellResult::id) == told.cells().end())
      found.push_back(fmt::format("{}: is not in the output", cell.id));
  return found;
}

}  // namespace dpsbench
