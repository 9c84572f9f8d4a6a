#include "runner/work/preparation.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "datasets/remarks.h"
#include "results/files/durable_file.h"
#include "runner/price/batch_size.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/signals.h"
#include "runner/station/device.h"
#include "runner/station/digest_inputs.h"
#include "runner/work/part.h"
#include "runner/work/provenance.h"

namespace dpsbench {
namespace {

/// The units of a part that are still to do or lack images that failed, in the plan's order; how long the others took
/// goes to `costs`.
std::vector<std::size_t> units_to_do(const Plan& plan, const UnitStore& store, const Part& part, ExpectedCosts& costs) {
  std::vector<std::size_t> todo;
  for (const std::size_t unit : units_of_part(plan.costs(), part)) {
    const Unit& planned = plan.units[unit];
    const std::optional<UnitSummary> summary = store.summary_of(planned.id);
    if (!summary || summary->image_ids.size() < static_cast<std::size_t>(planned.count)) {
      todo.push_back(unit);
      continue;
    }
    costs.learn(unit, summary->seconds);
    store.clear_failures(planned.id);  // of an earlier try, if a kill kept that from going
  }
  return todo;
}

/// Takes the output folder, waiting for another job as long as `options` allow. The turn is given back between tries:
/// the other job needs it to end.
void take_output(const RunOptions& options, std::optional<OutputTurn>& turn, std::optional<OutputLock>& lock) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::duration<double>(options.wait);
  while (true) {
    turn.emplace(options.output);
    try {
      lock.emplace(options.output, job_name(), options.part);
      return;
    } catch (const OutputBusy&) {
      if (stop_requested() || Clock::now() >= until) throw;
    }
    turn.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

/// The batch of an experiment that leaves it to the memory there is. An output that has been begun has its batches:
/// what is done is to be found again, whatever the memory is now.
std::int64_t chosen_batch(const RunOptions& options, const Station& station, const Plan& plan, int on_node) {
  const std::optional<Manifest> begun = find_manifest(options.output);
  if (!begun) return batch_for_memory(station.experiment, plan, *station.prior, on_node);
  std::size_t batch = 1;
  for (const PlannedUnit& unit : begun->units) batch = std::max(batch, unit.image_ids.size());
  return static_cast<std::int64_t>(batch);
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
  station.dataset.verify();
  briefing.digests = digest_inputs(station.experiment, station.dataset, hold.weights);
  Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  make_folder(options.output);
  std::optional<OutputTurn> turn;
  take_output(options, turn, hold.lock);
  if (station.experiment.batch_from_memory) {
    station.experiment.batch = chosen_batch(options, station, plan, ranks.on_node);
    plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  }
  briefing.batch = station.experiment.batch;
  open_output(options.output, make_manifest(station, plan, briefing.digests, ranks.all));
  if (hold.lock->found_no_other()) store.sweep();
  hold.costs = planned_costs(plan);
  briefing.todo = units_to_do(plan, store, options.part, *hold.costs);
  return station;
}

}  // namespace dpsbench
