#include "runner/work/execute_unit.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/words/tell.h"
#include "results/store/unit_arrays.h"
#include "results/store/unit_images.h"
#include "runner/ranks/signals.h"
#include "runner/station/device.h"
#include "runner/work/another_cell.h"
#include "runner/work/begun_unit.h"

namespace dpsbench {
namespace {

/// What went wrong, without the stack that LibTorch appends.
std::string reason_of(const std::exception& error) {
  const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
  return of_torch == nullptr ? error.what() : of_torch->what_without_backtrace();
}

bool is_want_of_memory(const std::exception& error) {
  return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
         dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
}

/// Whether an error tells of the program or its device rather than of an image: no numbers that diverged, no file that
/// cannot be read, no want of memory, no mistake of a part that a person brought along.
bool is_of_program(const std::exception& error) {
  return dynamic_cast<const NumericError*>(&error) == nullptr && dynamic_cast<const DataError*>(&error) == nullptr &&
         dynamic_cast<const PartError*>(&error) == nullptr && !is_want_of_memory(error);
}

/// All images of a unit failed for one reason.
UnitResult failed_result(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                         const std::exception& error) {
  const std::string reason = reason_of(error);
  UnitResult result;
  if (is_of_program(error)) result.program_errors = positions.size();
  result.record.unit_id = unit.id;
  result.record.cell_id = bench.plan.cells[unit.cell].id;
  for (const std::int64_t i : positions) result.failures.push_back({bench.dataset.id(i), reason});
  return result;
}

/// The results of disjoint images of one unit as one.
UnitResult join_results(const std::vector<UnitResult>& parts) {
  UnitResult whole;
  whole.record = parts.front().record;
  std::vector<UnitRecord> records;
  for (const UnitResult& part : parts) {
    if (!part.record.image_ids.empty()) records.push_back(part.record);
    whole.failures.insert(whole.failures.end(), part.failures.begin(), part.failures.end());
    whole.program_errors += part.program_errors;
  }
  if (!records.empty()) whole.record = join_images(records);
  return whole;
}

PlannedUnit planned_unit(const Workbench& bench, const Unit& unit) {
  PlannedUnit planned{unit.id, bench.plan.cells[unit.cell].id, {}, positions_of(unit)};
  for (const std::int64_t i : planned.positions) planned.image_ids.push_back(bench.dataset.id(i));
  return planned;
}

/// Puts what a stored unit has in common with others where it was: its images are measured again, and none is sampled.
/// `unit`: itself, or one that is to be made of it.
void put_inputs_back(const Workbench& bench, const UnitStore& store, const Unit& unit, const std::string& id) {
  const StoredUnit stored = store.open(id).value();
  const std::vector<std::int64_t>& had = stored.numbers().positions;
  const UnitRecord measured = measure_again(bench, unit, positions_of(unit));
  std::vector<std::int64_t> rows;
  for (std::size_t row = 0; row < measured.positions.size(); ++row)
    if (std::ranges::binary_search(had, measured.positions[row])) rows.push_back(static_cast<std::int64_t>(row));
  const UnitRecord inputs = select_images(measured, rows);
  for_each_array(inputs, [&](const char* name, const Tensor& values, bool) {
    if (stored.input(name)) (void)store.inputs().keep(values);
  });
}

/// The stored unit of that id, what it lost of its inputs put back; none if it is damaged: it is done anew.
std::optional<UnitRecord> read_or_mend(const Workbench& bench, const UnitStore& store, const Unit& unit,
                                       const std::string& id) {
  try {
    return store.read(id);
  } catch (const LostInput&) {
  } catch (const DataError&) {
    return std::nullopt;
  }
  try {
    put_inputs_back(bench, store, unit, id);
    return store.read(id);
  } catch (const std::exception&) {  // measured otherwise, as on another device
    return std::nullopt;
  }
}

/// What earlier runs did of a unit; empty if nothing, or nothing that can be read and is of it.
UnitResult done_before(const Workbench& bench, const UnitStore& store, const Unit& unit) {
  auto record = read_or_mend(bench, store, unit, unit.id);
  if (!record || !belongs_to(*record, planned_unit(bench, unit))) return {};
  return {.record = *std::move(record), .failures = {}};
}

/// Does images of a unit of which `begun` may have some.
UnitResult grow_unit(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                     const std::optional<UnitRecord>& begun, const std::function<void(double)>& on_progress) {
  std::vector<std::int64_t> there;
  std::vector<std::int64_t> new_ones;
  for (const std::int64_t i : positions) {
    const bool is_there = begun && std::ranges::find(begun->positions, i) != begun->positions.end();
    (is_there ? there : new_ones).push_back(i);
  }
  std::vector<UnitResult> parts;
  if (!there.empty()) parts.push_back(execute_unit(bench, unit, there, on_progress, &*begun));
  if (!new_ones.empty()) parts.push_back(execute_unit(bench, unit, new_ones, on_progress));
  return join_results(parts);
}

/// What became of one image of another cell than the unit's, which is not kept; empty where there is none.
UnitResult try_elsewhere(const Workbench& bench, const Unit& unit, const std::function<void()>& on_step) {
  const Unit* other = unit_of_another_cell(bench.plan, unit);
  if (other == nullptr) return {};
  return execute_unit(bench, *other, {other->first}, [&](double) { on_step(); });
}

/// All of one class, where images have one.
UnitResult execute_told(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                        const std::function<void(double)>& on_progress, const UnitRecord* begun) {
  const at::Device device = bench.prior.options().device();
  try {
    const auto rows = begun == nullptr ? std::nullopt : rows_at(*begun, positions);
    return execute_batch(bench, unit, positions, on_progress, rows ? &*rows : nullptr);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    require_working(device);
    if (positions.size() <= 1) return failed_result(bench, unit, positions, error);
    if (is_want_of_memory(error))
      tell("cell {}, images {} to {}: {} at a time do not fit into memory; halves are tried\n",
           bench.plan.cells[unit.cell].id, positions.front(), positions.back(), positions.size());
  }
  bench.prior.release_memory();
  release_cached_memory(device);
  const auto middle = positions.begin() + static_cast<std::ptrdiff_t>(positions.size() / 2);
  const UnitResult first = execute_told(
      bench, unit, {positions.begin(), middle}, [&](double fraction) { on_progress(fraction / 2); }, begun);
  const UnitResult second = execute_told(
      bench, unit, {middle, positions.end()}, [&](double fraction) { on_progress((1 + fraction) / 2); }, begun);
  return join_results({first, second});
}

}  // namespace

UnitResult execute_unit(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                        const std::function<void(double)>& on_progress, const UnitRecord* begun) {
  const std::vector<std::int64_t>& labels = bench.dataset.labels();
  if (labels.empty() || positions.empty()) return execute_told(bench, unit, positions, on_progress, begun);
  std::map<std::int64_t, std::vector<std::int64_t>> of_class;
  for (const std::int64_t i : positions) of_class[labels.at(static_cast<std::size_t>(i))].push_back(i);
  std::vector<UnitResult> parts;
  double done = 0;
  for (const auto& [label, of_label] : of_class) {
    const double share = static_cast<double>(of_label.size()) / static_cast<double>(positions.size());
    const auto prior = bench.prior.of_class(label);
    const Prior& law = &bench.law == &bench.prior ? *prior : bench.law;
    const Workbench told{bench.experiment, bench.plan, bench.dataset, *prior, law, bench.metrics};
    parts.push_back(execute_told(
        told, unit, of_label, [&](double fraction) { on_progress(done + fraction * share); }, begun));
    done += share;
  }
  return join_results(parts);
}

Outcome do_unit(const Workbench& bench, const UnitStore& store, UnitWriter& writer, const Unit& unit,
                const std::string& begun, MetricMeans& means, FirstUnit& first,
                const std::function<void(double)>& on_progress) {
  const UnitResult before = done_before(bench, store, unit);
  std::vector<std::int64_t> missing = positions_of(unit);
  std::erase_if(missing, [&](std::int64_t i) {
    return std::ranges::find(before.record.positions, i) != before.record.positions.end();
  });
  if (missing.empty()) {  // another job, or an earlier try, did it since the list was made
    store.clear_failures(unit.id);
    return {};
  }
  UnitResult now;
  try {
    const auto smaller = begun.empty() ? std::nullopt : read_or_mend(bench, store, unit, begun);
    now = grow_unit(bench, unit, missing, smaller, on_progress);
    first.judge(now, [&] { return try_elsewhere(bench, unit, [&] { on_progress(1); }); });
  } catch (const Interrupted&) {
    return {.interrupted = true};
  }
  means.add(now.record);
  UnitResult all = join_results({now, before});
  const std::size_t failures = all.failures.size();
  writer.put(std::move(all));
  return {.failures = failures};
}

}  // namespace dpsbench
