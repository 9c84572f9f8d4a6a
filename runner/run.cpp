#include "runner/run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <set>
#include <thread>

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
#include "runner/failure_lines.h"
#include "runner/part.h"
#include "runner/progress_listener.h"
#include "runner/provenance.h"
#include "runner/signals.h"
#include "runner/watchdog.h"

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

ExpectedCosts planned_costs(const Plan& plan) {
  std::vector<std::size_t> cells;
  for (const Unit& unit : plan.units) cells.push_back(unit.cell);
  return {plan.costs(), cells};
}

/// How many units of the plan are neither done nor known to fail: other parts have still to do them.
std::size_t count_unended(const Plan& plan, const UnitStore& store) {
  const std::vector<std::string> present = store.present();
  std::set<std::string> ended(present.begin(), present.end());
  for (const UnitFailure& failure : store.failures()) ended.insert(failure.unit_id);
  return static_cast<std::size_t>(
      std::ranges::count_if(plan.units, [&](const Unit& unit) { return !ended.contains(unit.id); }));
}

/// The batch system's name for this job; empty outside of one.
std::string job_name() {
  const char* id = std::getenv("SLURM_JOB_ID");
  return id == nullptr ? "" : id;
}

Progress make_progress(const Plan& plan, const Part& part, const std::vector<std::size_t>& todo, bool shown) {
  double total = 0;
  double ahead = 0;
  const std::vector<std::size_t> all = units_of_part(plan.costs(), part);
  for (const std::size_t unit : all) total += plan.units[unit].cost;
  for (const std::size_t unit : todo) ahead += plan.units[unit].cost;
  return {total, total - ahead, all.size(), all.size() - todo.size(), shown ? stderr : nullptr};
}

void tell_start(const RunOptions& options, const Station& station, const Plan& plan, std::size_t todo, int ranks) {
  for (const std::string& text : options.overrides) fmt::print(stderr, "set {}\n", text);
  fmt::print(stderr, "{}: {} cells, {} units of up to {} images; {} to do{} on {} rank{}, {}\n",
             station.experiment.name, plan.cells.size(), plan.units.size(), station.experiment.batch, todo,
             options.part.is_whole() ? "" : fmt::format(" by part {}/{}", options.part.number, options.part.of), ranks,
             ranks == 1 ? "" : "s", device_text(station.device));
}

/// Says how it ended and, if it came to an end, puts the results together.
void conclude(const DispatchResult& result, const UnitStore& store, const Plan& plan, const RunOptions& options) {
  const std::filesystem::path& output = options.output;
  for (const std::string& line : failure_lines(store)) fmt::print(stderr, "{}\n", line);
  if (result.interrupted || result.gave_up) {
    fmt::print(stderr, "{}; run the same command again to resume\n",
               result.interrupted
                   ? "stopped early"
                   : fmt::format("gave up: more than {} images failed (--max-failures)", options.max_failures));
    return;
  }
  const OutputTurn turn(output);
  if (const std::size_t rest = count_unended(plan, store); rest > 0) {
    fmt::print(stderr, "part {}/{} is done; {} units of other parts are not\n", options.part.number, options.part.of,
               rest);
    return;
  }
  if (result.ended > 0 || !results_are_complete(output)) consolidate(output);
  fmt::print(stderr, "{}; tables and figures: dpsbench report {}\n",
             result.failures > 0 ? "finished, some images failed" : "all done", output.string());
}

int exit_code_after(const DispatchResult& result) {
  if (result.interrupted) return exit_code::stopped_early;
  return result.failures > 0 ? exit_code::failed_images : exit_code::success;
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

/// What rank 0 alone knows of the output folder.
struct OutputHold {
  std::optional<OutputLock> lock;
  std::optional<ExpectedCosts> costs;
};

/// Checks everything, opens the output folder and finds what is left to do. On rank 0.
Station prepare(const RunOptions& options, int ranks, const UnitStore& store, OutputHold& hold, Briefing& briefing) {
  Station station = set_up_station(options, 0);
  station.dataset.verify();
  briefing.digests = digest_inputs(station.experiment, station.dataset);
  const Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
  make_folder(options.output);
  std::optional<OutputTurn> turn;
  take_output(options, turn, hold.lock);
  open_output(options.output, make_manifest(station, plan, briefing.digests, ranks));
  if (hold.lock->found_no_other()) store.sweep();
  hold.costs = planned_costs(plan);
  briefing.todo = units_to_do(plan, store, options.part, *hold.costs);
  return station;
}

/// The costs expected of the units to do, in their order.
ExpectedCosts costs_of(const ExpectedCosts& all, const Plan& plan, const std::vector<std::size_t>& todo) {
  std::vector<double> costs;
  std::vector<std::size_t> cells;
  for (const std::size_t unit : todo) {
    costs.push_back(all.of(unit));
    cells.push_back(plan.units[unit].cell);
  }
  return {costs, cells};
}

DispatchResult work(Communicator& communicator, const RunOptions& options, const Workbench& bench,
                    const UnitStore& store, const std::vector<std::size_t>& todo, const ExpectedCosts& expected) {
  const Plan& plan = bench.plan;
  Progress progress = make_progress(plan, options.part, todo, communicator.rank() == 0 && !options.quiet);
  std::vector<double> planned;
  for (const std::size_t unit : todo) planned.push_back(plan.units[unit].cost);
  ProgressListener listener(progress, planned);
  Watchdog watchdog(communicator, options.step_timeout);
  const auto do_one = [&](std::size_t index) {
    const Unit& unit = plan.units[todo[index]];
    watchdog.begin(
        fmt::format("cell {}, images {} to {}", plan.cells[unit.cell].id, unit.first, unit.first + unit.count - 1));
    const Outcome outcome = do_unit(bench, store, unit, [&](double fraction) {
      watchdog.step();
      progress.step(unit.cost, fraction);
    });
    watchdog.end();
    progress.step(0, 0);
    return outcome;
  };
  return dispatch(communicator, costs_of(expected, plan, todo), do_one, listener, options.max_failures);
}

}  // namespace

int run_experiment(const RunOptions& options, Communicator& communicator) {
  const UnitStore store(options.output);
  std::optional<Station> station;
  OutputHold hold;
  const Briefing briefing = brief(communicator, [&](Briefing& filled) {
    station.emplace(prepare(options, communicator.size(), store, hold, filled));
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
  const Workbench bench{station->experiment, plan, station->dataset, *station->prior, station->law(), station->metrics};
  const ExpectedCosts expected = hold.costs ? *hold.costs : planned_costs(plan);
  const DispatchResult result = work(communicator, options, bench, store, briefing.todo, expected);
  int code = exit_code_after(result);
  if (leads) conclude(result, store, plan, options);
  communicator.broadcast(&code, sizeof code);
  return code;
}

}  // namespace dpsbench
