#include "results/store/unit_images.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/error.h"
#include "results/store/unit_arrays.h"

namespace dpsbench {
namespace {

Tensor rows_of(const Tensor& values, const std::vector<std::int64_t>& rows) {
  return values.index_select(0, at::tensor(rows, at::kLong));
}

/// The records' rows of one array, one below the other, ordered by the position of their images. An array of fewer rows
/// than images is of the first ones.
Tensor joined_rows(const std::vector<UnitRecord>& parts, const std::vector<Tensor>& arrays) {
  std::vector<Tensor> defined;
  std::vector<std::int64_t> positions;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (!arrays[k].defined()) continue;
    defined.push_back(arrays[k]);
    const auto& of_part = parts[k].positions;
    positions.insert(positions.end(), of_part.begin(), of_part.begin() + arrays[k].size(0));
  }
  if (defined.empty()) return {};
  std::vector<std::int64_t> order(positions.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::int64_t row) { return positions[static_cast<std::size_t>(row)]; });
  return rows_of(at::cat(defined), order);
}

template <typename Record>
bool is_of(const Record& unit, const PlannedUnit& planned) {
  if (unit.unit_id != planned.id || unit.positions.size() != unit.image_ids.size()) return false;
  std::size_t next = 0;
  for (std::size_t i = 0; i < planned.image_ids.size() && next < unit.image_ids.size(); ++i)
    if (planned.image_ids[i] == unit.image_ids[next] && planned.positions.at(i) == unit.positions[next]) ++next;
  return next > 0 && next == unit.image_ids.size();
}

}  // namespace

UnitRecord join_images(const std::vector<UnitRecord>& parts) {
  if (parts.empty()) throw Error("no records to join");
  if (parts.size() == 1) return parts.front();
  UnitRecord whole = parts.front();
  std::map<std::int64_t, std::string> ids;
  whole.seconds = 0;
  whole.batches.clear();
  for (const UnitRecord& part : parts) {
    for (std::size_t i = 0; i < part.positions.size(); ++i) ids[part.positions[i]] = part.image_ids[i];
    whole.seconds += part.seconds;
    whole.peak_bytes = std::max(whole.peak_bytes, part.peak_bytes);
    whole.batches.insert(whole.batches.end(), part.batches.begin(), part.batches.end());
  }
  whole.positions.clear();
  whole.image_ids.clear();
  for (const auto& [position, id] : ids) {
    whole.positions.push_back(position);
    whole.image_ids.push_back(id);
  }
  std::map<std::string, std::vector<Tensor>> arrays;
  for (const UnitRecord& part : parts)
    for_each_array(part, [&](const char* name, const Tensor& values, bool) { arrays[name].push_back(values); });
  for_each_array(whole, [&](const char* name, Tensor& values, bool) { values = joined_rows(parts, arrays[name]); });
  for (auto& [name, values] : whole.metrics) {
    std::vector<Tensor> of_parts;
    for (const UnitRecord& part : parts) of_parts.push_back(part.metrics.at(name));
    values = joined_rows(parts, of_parts);
  }
  return whole;
}

UnitRecord select_images(const UnitRecord& unit, const std::vector<std::int64_t>& rows) {
  UnitRecord chosen = unit;
  chosen.image_ids.clear();
  chosen.positions.clear();
  for (const std::int64_t row : rows) {
    chosen.image_ids.push_back(unit.image_ids.at(static_cast<std::size_t>(row)));
    chosen.positions.push_back(unit.positions.at(static_cast<std::size_t>(row)));
  }
  const auto select = [&](Tensor& values) {
    if (!values.defined()) return;
    std::vector<std::int64_t> had = rows;
    std::erase_if(had, [&](std::int64_t row) { return row >= values.size(0); });
    values = rows_of(values, had);
  };
  for_each_array(chosen, [&](const char*, Tensor& values, bool) { select(values); });
  for (auto& [name, values] : chosen.metrics) select(values);
  return chosen;
}

bool belongs_to(const UnitRecord& unit, const PlannedUnit& planned) { return is_of(unit, planned); }
bool belongs_to(const UnitSummary& unit, const PlannedUnit& planned) { return is_of(unit, planned); }

PlannedUnit images_had(const PlannedUnit& planned, const UnitRecord& unit) {
  return {planned.id, planned.cell, unit.image_ids, unit.positions, planned.base};
}

}  // namespace dpsbench
