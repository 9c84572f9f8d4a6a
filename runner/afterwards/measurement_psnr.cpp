#include "runner/afterwards/measurement_psnr.h"

#include <algorithm>

#include "metrics/psnr.h"
#include "tasks/registry.h"

namespace dpsbench {

std::optional<double> measurement_psnr(const ResultsFile& results, const CellResult& cell, std::int64_t row) {
  const auto task = std::ranges::find(tasks(), cell.state("task").name, &TaskEntry::name);
  if (task == tasks().end() || !task->measures.empty()) return std::nullopt;
  if (!results.has(cell, "measurement_picture") || !results.has(cell, "reference")) return std::nullopt;
  const auto unit = [&](const std::string& name) {
    return (results.read_rows(cell, name, row, 1).to(at::kDouble).clamp(-1, 1) + 1) / 2;
  };
  const Tensor picture = unit("measurement_picture");
  const Tensor reference = unit("reference");
  if (picture.sizes() != reference.sizes()) return std::nullopt;
  return psnr(picture, reference).item<double>();
}

}  // namespace dpsbench
