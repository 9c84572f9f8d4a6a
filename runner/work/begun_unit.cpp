#include "runner/work/begun_unit.h"

#include <algorithm>

#include "metrics/registry.h"
#include "results/store/unit_images.h"

namespace dpsbench {

std::optional<UnitRecord> rows_at(const UnitRecord& unit, const std::vector<std::int64_t>& positions) {
  std::vector<std::int64_t> rows;
  for (const std::int64_t position : positions) {
    const auto found = std::ranges::find(unit.positions, position);
    if (found == unit.positions.end()) return std::nullopt;
    rows.push_back(found - unit.positions.begin());
  }
  UnitRecord chosen = select_images(unit, rows);
  const double share = static_cast<double>(rows.size()) / static_cast<double>(unit.positions.size());
  chosen.seconds *= share;
  chosen.peak_bytes *= share;
  if (rows.size() < unit.positions.size()) chosen.batches.clear();  // which of them, no one wrote down
  return chosen;
}

std::int64_t samples_in(const UnitRecord& unit) { return unit.samples.dim() == 5 ? unit.samples.size(1) : 1; }

Tensor sample_of(const UnitRecord& unit, std::int64_t chain) {
  return unit.samples.dim() == 5 ? unit.samples.select(1, chain).contiguous() : unit.samples;
}

std::map<std::string, Tensor> metrics_of(const UnitRecord& unit, std::int64_t chain) {
  std::map<std::string, Tensor> of_chain;
  for (const auto& [name, values] : unit.metrics)
    if (!find_metric(name).is_of_all_samples())
      of_chain[name] = values.dim() == 2 ? values.select(1, chain).contiguous() : values;
  return of_chain;
}

void take_over(const UnitRecord& unit, UnitRecord& record) {
  record.trajectory = unit.trajectory;
  record.step_size = unit.step_size;
  record.prior_share = unit.prior_share;
  record.network_evaluations += unit.network_evaluations;
  record.passes_back += unit.passes_back;
  record.coding += unit.coding;
  record.seconds += unit.seconds;
  record.peak_bytes = std::max(record.peak_bytes, unit.peak_bytes);
  if (samples_in(record) == samples_in(unit) || unit.batches.size() > 1) record.batches = unit.batches;
}

}  // namespace dpsbench
