#include "runner/work/preparation.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/remarks.h"
#include "results/files/durable_file.h"
#include "results/store/unit_images.h"
#include "runner/price/batch_size.h"
#include "runner/station/device.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/unseen_images.h"
#include "runner/work/part.h"
#include "runner/work/provenance.h"
#include "runner/work/taken_output.h"

namespace dpsbench {
namespace {

/// Forgets the failures of a unit if the note of them is damaged: the unit's images that lack are done again anyway.
void forget_damaged_note(const UnitStore& store, const std::string& unit_id) {
  try {
    (void)store.failure_of(unit_id);
  } catch (const DataError&) {
    store.clear_failures(unit_id);
  }
}

/// The units of a part that are still to do or lack images that failed, in the plan's order; how long the others took
/// goes to `costs`. `units` are the manifest's, in the same order.
std::vector<std::size_t> units_to_do(const Plan& plan, const std::vector<PlannedUnit>& units, const UnitStore& store,
                                     const Part& part, ExpectedCosts& costs) {
  std::vector<std::size_t> todo;
  for (const std::size_t unit : units_of_part(plan.costs(), part)) {
    const PlannedUnit& planned = units.at(unit);
    const std::optional<UnitSummary> summary = store.summary_of(planned.id);
    if (!summary || !belongs_to(*summary, planned) || summary->image_ids.size() < planned.image_ids.size()) {
      forget_damaged_note(store, planned.id);
      todo.push_back(unit);
      continue;
    }
    costs.learn(unit, summary->seconds);
    store.clear_failures(planned.id);  // of an earlier try, if a kill kept that from going
  }
  return todo;
}

/// The images of the largest unit of an output that has been begun, by its manifest or, where that is damaged, by the
/// units that are there; 0 if there are none.
std::int64_t begun_batch(const std::filesystem::path& folder, const UnitStore& store) {
  std::size_t batch = 0;
  try {
    const std::optional<Manifest> begun = find_manifest(folder);
    if (begun)
      for (const PlannedUnit& unit : begun->units) batch = std::max(batch, unit.image_ids.size());
  } catch (const DamagedManifest&) {
    for (const std::string& id : store.present())
      if (const auto unit = store.summary_of(id)) batch = std::max(batch, unit->image_ids.size());
  }
  return static_cast<std::int64_t>(batch);
}

/// The batch of an experiment that leaves it to the memory there is. An output that has been begun has its batches:
/// what is done is to be found again, whatever the memory is now.
std::int64_t chosen_batch(const RunOptions& options, const UnitStore& store, const Station& station, const Plan& plan,
                          int on_node) {
  const std::int64_t begun = begun_batch(options.output, store);
  return begun > 0 ? begun : batch_for_memory(station.experiment, plan, *station.prior, on_node);
}

}  // namespace

ExpectedCosts planned_costs(const Plan& plan) {
  std::vector<std::size_t> cells;
  for (const Unit& unit : plan.units) cells.push_back(unit.cell);
  return {plan.costs(), cells};
}

Station prepare_run(const RunOptions& options, const RankCounts& ranks, const UnitStore& store, RunHold& hold,
                    Briefing& briefing) {
  Experiment experiment = experiment_of(options);
  hold.weights = map_weights(experiment);
  Station station = set_up_station(std::move(experiment), choose_device(options.device, 0), options, hold.weights);
  tell(station.dataset.remarks());
  if (const std::string& remark = find_prior_kind(station.experiment.prior.kind).remark; !remark.empty())
    tell({fmt::format("{}: {}", station.experiment.prior.file, remark)});
  station.dataset.verify();
  if (station.experiment.presets) require_unseen(*station.experiment.presets, station.dataset);
  briefing.digests = digest_inputs(station.experiment, station.dataset, hold.weights);
  Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  make_folder(options.output);
  const OutputTurn turn = take_output(options, hold.lock);
  if (station.experiment.batch_from_memory) {
    station.experiment.batch = chosen_batch(options, store, station, plan, ranks.on_node);
    plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  }
  briefing.batch = station.experiment.batch;
  const OpenedOutput opened = open_output(options.output, make_manifest(station, plan, briefing.digests, ranks.all));
  if (!opened.mended.empty()) tell("{}\n", opened.mended);
  if (hold.lock->found_no_other()) store.sweep();
  hold.costs = planned_costs(plan);
  briefing.todo = units_to_do(plan, opened.manifest.units, store, options.part, *hold.costs);
  (void)store.failures();  // a note that cannot be read is told before any work
  return station;
}

}  // namespace dpsbench
