#include "runner/work/preparation.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/remarks.h"
#include "priors/registry.h"
#include "results/files/durable_file.h"
#include "results/store/consolidate.h"
#include "results/store/growth.h"
#include "results/store/unit_images.h"
#include "runner/price/batch_size.h"
#include "runner/station/device.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/unseen_images.h"
#include "runner/work/own_units.h"
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

/// The batch of an output that has been begun, by its manifest or, where that is damaged, the images of the largest
/// unit that is there; 0 if there are none.
std::int64_t begun_batch(const std::filesystem::path& folder, const UnitStore& store) {
  std::size_t batch = 0;
  try {
    const std::optional<Manifest> begun = find_manifest(folder);
    if (!begun) return 0;
    if (const std::string said = said_in(*begun, "batch"); !said.empty()) return std::stoll(said);
    for (const PlannedUnit& unit : begun->units) batch = std::max(batch, unit.image_ids.size());
  } catch (const DamagedManifest&) {
    for (const std::string& id : store.present())
      if (const auto unit = store.content_of(id)) batch = std::max(batch, unit->image_ids.size());
  }
  return static_cast<std::int64_t>(batch);
}

/// The batch of an experiment that leaves it to the memory there is. An output that has been begun has its batches:
/// what is done is to be found again, whatever the memory is now.
std::int64_t chosen_batch(const RunOptions& options, const UnitStore& store, const Station& station, const Plan& plan,
                          const RankCounts& ranks) {
  const std::int64_t begun = begun_batch(options.output, store);
  return begun > 0 ? begun : chosen_by_device(station.experiment, plan, *station.prior, ranks.all, ranks.on_device);
}

/// Says so where an output was begun on another kind of device: units of both will lie in it.
void tell_of_other_devices(const Manifest& manifest) {
  if (manifest.runs.size() < 2) return;
  const auto device_of = [](const std::map<std::string, std::string>& run) {
    const auto found = run.find("device");
    return found == run.end() ? std::string() : found->second;
  };
  const std::string now = device_of(manifest.runs.back());
  for (auto run = manifest.runs.rbegin() + 1; run != manifest.runs.rend(); ++run)
    if (const std::string then = device_of(*run); !then.empty() && then != now) {
      tell(
          "note: earlier units of this output were done on {}, those of this run are done on {}; their last bits may "
          "differ\n",
          then, now);
      return;
    }
}

/// The units of before metrics or samples were added, by PlannedUnit::base; of several the latest, which has most.
class SmallerUnits {
 public:
  SmallerUnits(const Manifest& manifest, const UnitStore& store) : store_(store) {
    for (const EarlierUnit& unit : manifest.earlier) by_base_[unit.base].push_back(unit.id);
  }
  /// The one that is there of which this one can be made; empty if none is.
  [[nodiscard]] std::string of(const PlannedUnit& planned) const {
    const auto found = planned.base.empty() ? by_base_.end() : by_base_.find(planned.base);
    if (found == by_base_.end()) return {};
    for (auto id = found->second.rbegin(); id != found->second.rend(); ++id)
      if (store_.is_there(*id)) return *id;
    return {};
  }

 private:
  const UnitStore& store_;
  std::map<std::string, std::vector<std::string>> by_base_;
};

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
  tell(remarks(station.experiment.prior));
  station.dataset.verify();
  if (station.experiment.presets) require_unseen(*station.experiment.presets, station.dataset);
  briefing.digests = digest_inputs(station.experiment, station.dataset, hold.weights);
  Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  make_folder(options.output);
  hold.turn.emplace(take_output(options, hold.lock));
  if (station.experiment.batch_from_memory) {
    station.experiment.batch = chosen_batch(options, store, station, plan, ranks);
    plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  }
  briefing.batch = station.experiment.batch;
  Manifest asked_for = make_manifest(station, plan, briefing.digests, ranks.all);
  if (options.links_samples) asked_for.runs.back()[samples_in_results] = "linked";
  const OpenedOutput opened =
      open_output(options.output, asked_for, hold.lock->found_no_other() ? Others::none : Others::at_work);
  if (!opened.mended.empty()) tell("{}\n", opened.mended);
  for (const std::string& remark : opened.grown) tell("this output: {}\n", remark);
  if (hold.lock->found_no_other()) store.sweep();
  tell_of_other_devices(opened.manifest);
  hold.manifest = opened.manifest;
  for (const std::size_t unit : own_units(plan, options)) briefing.units.push_back(hold.manifest.units.at(unit).id);
  hold.plan = std::move(plan);
  return station;
}

void find_work(const RunOptions& options, const UnitStore& store,
               const std::vector<std::optional<UnitSummary>>& summaries, RunHold& hold, Briefing& briefing) {
  hold.costs = planned_costs(*hold.plan);
  const SmallerUnits smaller(hold.manifest, store);
  std::size_t k = 0;
  for (const std::size_t unit : own_units(*hold.plan, options)) {
    const PlannedUnit& planned = hold.manifest.units.at(unit);
    const std::optional<UnitSummary>& summary = summaries.at(k++);
    if (!summary || !belongs_to(*summary, planned) || summary->image_ids.size() < planned.image_ids.size()) {
      forget_damaged_note(store, planned.id);
      briefing.todo.push_back(unit);
      briefing.begun.push_back(smaller.of(planned));
      continue;
    }
    hold.costs->learn(unit, summary->seconds);
    store.clear_failures(planned.id);  // of an earlier try, if a kill kept that from going
  }
  (void)store.failures();  // a note that cannot be read is told before any work
  hold.turn.reset();
}

}  // namespace dpsbench
