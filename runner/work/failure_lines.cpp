#include "runner/work/failure_lines.h"

#include <fmt/ranges.h>

#include <map>

namespace dpsbench {

std::vector<std::string> failure_lines(const UnitStore& store, const Manifest& manifest) {
  std::map<std::string, std::string> cells;  // as the plan calls them, which the units' own files need not do
  for (const PlannedUnit& unit : manifest.units) cells[unit.id] = unit.cell;
  std::vector<std::string> lines;
  for (const UnitFailure& failure : store.failures()) {
    const auto cell = cells.find(failure.unit_id);
    if (cell == cells.end()) continue;
    std::map<std::string, std::vector<std::string>> images_by_reason;
    for (const ImageFailure& image : failure.images) images_by_reason[image.reason].push_back(image.image_id);
    for (const auto& [reason, images] : images_by_reason)
      lines.push_back(fmt::format("failed: {}, image{} {}: {}", cell->second, images.size() == 1 ? "" : "s",
                                  fmt::join(images, " "), reason));
  }
  return lines;
}

}  // namespace dpsbench
