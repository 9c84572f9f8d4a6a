#include "runner/work/run.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "core/words/tell.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/end_on_exception.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress_listener.h"
#include "runner/ranks/watchdog.h"
#include "runner/station/device.h"
#include "runner/station/device_vote.h"
#include "runner/work/conclusion.h"
#include "runner/work/done_units.h"
#include "runner/work/execute_unit.h"
#include "runner/work/own_units.h"
#include "runner/work/preparation.h"

namespace dpsbench {
namespace {

Progress make_progress(const Plan& plan, const std::vector<std::size_t>& all, const std::vector<std::size_t>& todo,
                       bool shown) {
  double total = 0;
  double ahead = 0;
  for (const std::size_t unit : all) total += plan.units[unit].cost;
  for (const std::size_t unit : todo) ahead += plan.units[unit].cost;
  return {total, total - ahead, all.size(), all.size() - todo.size(), shown ? stderr : nullptr};
}

/// Warns of threads that would take turns on the cores that the launcher left to this rank.
void warn_of_few_cores(int threads) {
  const int cores = usable_cores();
  if (cores > 0 && threads > cores)
    tell("{} threads a rank, but rank 0 may use only {} core{} (docs/cluster.md, threads and cores)\n", threads, cores,
         cores == 1 ? "" : "s");
}

/// What the precision of a network on a GPU costs; empty elsewhere.
std::string precision_remark(const Station& station) {
  const Experiment& experiment = station.experiment;
  if (station.device.is_cpu() || !find_prior_kind(experiment.prior.kind).is_network) return {};
  if (experiment.precision == Precision::fp32)
    return "precision fp32: on tensor cores, tf32 should be some 4 times as fast (docs/performance.md, on a GPU)";
  if (experiment.precision == Precision::tf32)
    return fmt::format("precision tf32{}: fp32 is exact to 24 bits and some 4 times slower{}",
                       experiment.precision_of_device ? ", as nothing else was asked for" : "",
                       experiment.prior.kind == "unet" ? ", bf16 faster still" : "");
  return {};
}

/// Says what is to do, and how long the slowest rank took from its process's start to here. Collective.
void tell_start(const RunOptions& options, const Station& station, const Plan& plan, std::size_t todo,
                const std::vector<RankDevice>& devices, Communicator& communicator, const Collectives& collectives) {
  double slowest = 0;
  for (const std::string& age : communicator.gather(fmt::format("{:.2f}", process_age())))
    slowest = std::max(slowest, std::stod(age));
  if (communicator.rank() != 0) return;
  for (const std::string& line : plan_remarks(plan)) tell("note: {}\n", line);
  if (options.quiet) return;
  for (const std::string& text : options.overrides) tell("set {}\n", text);
  warn_of_few_cores(options.threads);
  tell("{}: {} cells, {} units of up to {} images; {} to do{} on {} rank{}, {}; {}, ready after {:.2f} s\n",
       station.experiment.name, plan.cells.size(), plan.units.size(), station.experiment.batch, todo,
       (options.part.is_whole() ? "" : fmt::format(" by part {}/{}", options.part.number, options.part.of)) +
           (options.only.empty() ? "" : fmt::format(" of {}", fmt::join(options.only, ", "))),
       communicator.size(), communicator.size() == 1 ? "" : "s", devices_text(devices), collectives.name(), slowest);
  if (const std::string text = precision_remark(station); !text.empty()) tell("{}\n", text);
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

DispatchResult work(Communicator& communicator, const RunOptions& options, Workbench bench, const UnitStore& store,
                    const Briefing& briefing, const ExpectedCosts& expected, Watchdog& watchdog, MetricMeans& means) {
  const Plan& plan = bench.plan;
  const std::vector<std::size_t>& todo = briefing.todo;
  std::map<std::string, std::string> begun;  // of units to do: what they grow from
  for (std::size_t k = 0; k < todo.size(); ++k)
    if (!briefing.begun[k].empty()) begun[plan.units[todo[k]].id] = briefing.begun[k];
  const auto begun_of = [&](const std::string& unit) { return begun.contains(unit) ? begun.at(unit) : std::string(); };
  const std::vector<std::size_t> own = own_units(plan, options);
  Progress progress = make_progress(plan, own, todo, communicator.rank() == 0 && !options.quiet);
  std::vector<double> planned;
  for (const std::size_t unit : todo) planned.push_back(plan.units[unit].cost);
  ProgressListener listener(progress, planned);
  UnitWriter writer([&](const UnitResult& unit) {
    const Watchdog::Errand errand(watchdog, "writing unit " + unit.record.unit_id);
    store.write(unit.record, unit.failures);
    if (const std::string smaller = begun_of(unit.record.unit_id); !smaller.empty() && unit.failures.empty())
      store.remove(smaller);
  });
  FirstUnit first(todo.size() < own.size());
  ImagesAhead images(bench.dataset);
  bench.ahead = &images;
  const auto do_one = [&](std::size_t index, std::optional<std::size_t> next) {
    const Unit& unit = plan.units[todo[index]];
    watchdog.begin(
        fmt::format("cell {}, images {} to {}", plan.cells[unit.cell].id, unit.first, unit.first + unit.count - 1));
    images.read(next ? positions_of(plan.units[todo[*next]]) : std::vector<std::int64_t>());
    const Outcome outcome = do_unit(bench, store, writer, unit, begun_of(unit.id), means, first, [&](double fraction) {
      watchdog.step();
      progress.step(unit.cost, fraction);
    });
    watchdog.end();
    progress.step(0, 0);
    return outcome;
  };
  const DispatchResult result =
      dispatch(communicator, costs_of(expected, plan, todo), do_one, listener, options.max_failures);
  writer.finish();
  return result;
}

/// Gives every rank what it works with; rank 0, which has `prepared` it, hands its weights to the others. Collective.
Station equip(const RunOptions& options, std::optional<Station> prepared, const WeightFiles& weights,
              const Briefing& briefing, Communicator& communicator, Collectives& collectives,
              const at::Device& device) {
  Experiment experiment = prepared ? prepared->experiment : experiment_of(options);
  experiment.batch = briefing.batch;
  const InputDigests& digests = briefing.digests;
  const WeightFiles shared = share_weights(experiment, weights, digests, communicator, collectives, device);
  Station station = prepared ? *std::move(prepared) : set_up_station(std::move(experiment), device, options, shared);
  station.dataset.expect(digests.image_digests);
  return station;
}

/// What rank 0 finds out and prepares, with the help of all where it looks at what is done already. Collective.
Briefing brief_all(const RunOptions& options, const RankCounts& ranks, const UnitStore& store, RunHold& hold,
                   std::optional<Station>& prepared, Communicator& communicator) {
  const Briefing opened = brief(
      communicator, [&](Briefing& filled) { prepared.emplace(prepare_run(options, ranks, store, hold, filled)); });
  if (opened.code != exit_code::success) return opened;
  const auto summaries = read_summaries(communicator, store, opened.units);
  return brief(communicator, [&](Briefing& filled) {
    filled = opened;
    find_work(options, store, summaries, hold, filled);
  });
}

/// Where every rank computes. Collective.
std::vector<RankDevice> gather_devices(const RunOptions& options, Communicator& communicator) {
  const at::Device device = choose_device(options.device, communicator.local_rank());
  at::set_num_threads(options.threads);  // part of what a device is called
  std::vector<RankDevice> ranks;
  for (const std::string& text : gather_to_all(communicator, to_text(this_rank(device))))
    ranks.push_back(rank_device_from_text(text));
  return ranks;
}

}  // namespace

int run_experiment(const RunOptions& options, Communicator& communicator) {
  Watchdog watchdog(communicator, options.step_timeout);
  std::optional<Watchdog::Errand> errand(std::in_place, watchdog, "getting ready");
  const std::vector<RankDevice> devices = gather_devices(options, communicator);
  if (const std::string conflict = device_conflict(devices, options.device == "auto"); !conflict.empty()) {
    if (communicator.rank() == 0) tell("dpsbench: {}\n", conflict);
    return exit_code::bad_usage;
  }
  const UnitStore store(options.output);
  std::optional<Station> prepared;
  RunHold hold;
  const RankCounts ranks{communicator.size(), sharing_first_device(devices)};
  const Briefing briefing = brief_all(options, ranks, store, hold, prepared, communicator);
  const bool leads = communicator.rank() == 0;
  if (briefing.code != exit_code::success) {
    if (leads) tell("dpsbench: {}\n", briefing.error);
    return briefing.code;
  }
  const at::Device device = prepared ? prepared->device : choose_device(options.device, communicator.local_rank());
  const auto collectives = make_collectives(communicator, device, options.transport);
  return end_on_exception(communicator, [&] {
    const Station station = equip(options, std::move(prepared), std::exchange(hold.weights, {}), briefing, communicator,
                                  *collectives, device);
    const Plan plan = make_plan(station.experiment, station.prior->shape(), briefing.digests);
    tell_start(options, station, plan, briefing.todo.size(), devices, communicator, *collectives);
    const Workbench bench{station.experiment, plan, station.dataset, *station.prior, station.law(), station.metrics};
    const ExpectedCosts expected = hold.costs ? *hold.costs : planned_costs(plan);
    MetricMeans means(station.experiment.metrics);
    errand.reset();
    const DispatchResult result = work(communicator, options, bench, store, briefing, expected, watchdog, means);
    means.sum_over_ranks(*collectives, device);
    int code = exit_code::success;
    if (leads) {
      const Watchdog::Errand concluding(watchdog, "putting the results together");
      code = conclude_run(result, means, store, plan, options);
    }
    communicator.broadcast(&code, sizeof code);
    return code;
  });
}

}  // namespace dpsbench
