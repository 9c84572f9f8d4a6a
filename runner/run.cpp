#include "runner/run.h"

#include <cstdlib>
#include <optional>
#include <set>

#include "core/error.h"
#include "results/consolidate.h"
#include "results/durable_file.h"
#include "results/output_lock.h"
#include "results/unit_store.h"
#include "runner/briefing.h"
#include "runner/complete_results.h"
#include "runner/device.h"
#include "runner/dispatcher.h"
#include "runner/execute_unit.h"
#include "runner/exit_code.h"
#include "runner/progress.h"
#include "runner/provenance.h"
#include "runner/signals.h"

namespace dpsbench {
namespace {

class RunListener final : public DispatchListener {
 public:
  RunListener(Progress& progress, const std::vector<double>& costs) : progress_(progress), costs_(costs) {}
  void on_outcome(std::size_t unit, Outcome outcome) override {
    if (outcome != Outcome::interrupted) progress_.unit_ended(costs_[unit], outcome == Outcome::failed);
  }
  void on_idle() override { progress_.tick(); }

 private:
  Progress& progress_;
  const std::vector<double>& costs_;
};

/// Does a unit and keeps its result, or its failure. Throws only when that cannot be kept or the device is lost: then
/// no other unit would fare better.
Outcome do_unit(const Workbench& bench, const UnitStore& store, const Unit& unit,
                const std::function<void(double)>& on_progress) {
  UnitRecord record;
  try {
    record = execute_unit(bench, unit, on_progress);
  } catch (const Interrupted&) {
    return Outcome::interrupted;
  } catch (const std::exception& error) {
    require_working(bench.prior.options().device());
    store.write_failure(describe_failure(bench, unit, error.what()));
    return Outcome::failed;
  }
  store.write(record);
  return Outcome::done;
}

/// The units still to do, in the plan's order.
std::vector<std::size_t> units_to_do(const Plan& plan, const UnitStore& store) {
  const std::vector<std::string> done = store.done();
  const std::set<std::string> is_done(done.begin(), done.end());
  std::vector<std::size_t> todo;
  for (std::size_t unit = 0; unit < plan.units.size(); ++unit)
    if (!is_done.contains(plan.units[unit].id)) todo.push_back(unit);
  return todo;
}

/// The batch system's name for this job; empty outside of one.
std::string job_name() {
  const char* id = std::getenv("SLURM_JOB_ID");
  return id == nullptr ? "" : id;
}

Progress make_progress(const Plan& plan, const std::vector<std::size_t>& todo, bool shown) {
  double total = 0;
  double ahead = 0;
  for (const Unit& unit : plan.units) total += unit.cost;
  for (const std::size_t unit : todo) ahead += plan.units[unit].cost;
  return {total, total - ahead, plan.units.size(), plan.units.size() - todo.size(), shown ? stderr : nullptr};
}

void tell_start(const RunOptions& options, const Station& station, const Plan& plan, std::size_t todo, int ranks) {
  for (const std::string& text : options.overrides) fmt::print(stderr, "set {}\n", text);
  fmt::print(stderr, "{}: {} cells, {} units of up to {} images; {} to do on {} rank{}, {}\n", station.experiment.name,
             plan.cells.size(), plan.units.size(), station.experiment.batch, todo, ranks, ranks == 1 ? "" : "s",
             device_text(station.device));
}

/// Says how it ended and, if it came to an end, puts the results together.
void conclude(const DispatchResult& result, const UnitStore& store, const std::filesystem::path& output) {
  for (const UnitFailure& failure : store.failures())
    fmt::print(stderr, "failed: {}, images {}: {}\n", failure.cell_id, fmt::join(failure.image_ids, " "),
               failure.reason);
  if (result.interrupted) {
    fmt::print(stderr, "stopped early; run the same command again to resume\n");
    return;
  }
  if (result.done > 0 || !results_are_complete(output)) consolidate(output);
  fmt::print(stderr, "{}; tables and figures: dpsbench report {}\n",
             result.failed > 0 ? "finished, some units failed" : "all done", output.string());
}

int exit_code_after(const DispatchResult& result) {
  if (result.interrupted) return exit_code::stopped_early;
  return result.failed > 0 ? exit_code::failed_units : exit_code::success;
}

/// Checks everything, opens the output folder and finds what is left to do. On rank 0.
Station prepare(const RunOptions& options, int ranks, const UnitStore& store, std::optional<OutputLock>& lock,
                Briefing& briefing) {
  Station station = set_up_station(options, 0);
  station.dataset.verify();
  briefing.digests = digest_inputs(station.experiment, station.dataset);
  const Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  make_folder(options.output);
  lock.emplace(options.output, job_name());
  open_output(options.output, make_manifest(station, plan, briefing.digests, ranks));
  store.sweep();
  briefing.todo = units_to_do(plan, store);
  return station;
}

DispatchResult work(Communicator& communicator, const Station& station, const Plan& plan, const UnitStore& store,
                    const std::vector<std::size_t>& todo, bool shows_progress) {
  Progress progress = make_progress(plan, todo, shows_progress);
  const Workbench bench{station.experiment, plan, station.dataset, *station.prior, station.metrics};
  std::vector<double> costs;
  for (const std::size_t unit : todo) costs.push_back(plan.units[unit].cost);
  RunListener listener(progress, costs);
  const auto do_one = [&](std::size_t index) {
    const Unit& unit = plan.units[todo[index]];
    const Outcome outcome = do_unit(bench, store, unit, [&](double fraction) { progress.step(unit.cost, fraction); });
    progress.step(0, 0);
    return outcome;
  };
  return dispatch(communicator, costs, do_one, listener);
}

}  // namespace

int run_experiment(const RunOptions& options, Communicator& communicator) {
  const UnitStore store(options.output);
  std::optional<Station> station;
  std::optional<OutputLock> lock;
  const Briefing briefing = brief(communicator, [&](Briefing& filled) {
    station.emplace(prepare(options, communicator.size(), store, lock, filled));
  });
  const bool leads = communicator.rank() == 0;
  if (briefing.code != exit_code::success) {
    if (leads) fmt::print(stderr, "dpsbench: {}\n", briefing.error);
    return briefing.code;
  }
  if (!station) station.emplace(set_up_station(options, communicator.local_rank()));
  const Plan plan = make_plan(station->experiment, station->prior->shape(), briefing.digests);
  const bool tells = leads && !options.quiet;
  if (tells) tell_start(options, *station, plan, briefing.todo.size(), communicator.size());
  const DispatchResult result = work(communicator, *station, plan, store, briefing.todo, tells);
  int code = exit_code_after(result);
  if (leads) conclude(result, store, options.output);
  communicator.broadcast(&code, sizeof code);
  return code;
}

}  // namespace dpsbench
