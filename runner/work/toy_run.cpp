#include "runner/work/toy_run.h"

#include <chrono>
#include <cstring>

#include "core/error.h"
#include "core/words/tell.h"
#include "results/figures/figure.h"
#include "results/files/durable_file.h"
#include "runner/experiment/toy_file.h"
#include "runner/ranks/dispatcher.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress_listener.h"
#include "runner/ranks/signals.h"
#include "runner/work/briefing.h"
#include "toy/figures.h"
#include "toy/store.h"
#include "toy/table.h"
#include "toy/window_sampler.h"

namespace dpsbench {
namespace {

/// Passes a unit's progress on and stops at a signal.
class ToyObserver final : public Observer {
 public:
  ToyObserver(Progress& progress, double cost) : progress_(progress), cost_(cost) {}
  void on_step(const StepRecord& record) override {
    if (stop_requested()) throw Interrupted();
    if (record.done % 50 == 0)
      progress_.step(cost_, static_cast<double>(record.done) / static_cast<double>(record.total));
  }

 private:
  Progress& progress_;
  double cost_;
};

/// A unit's number and its samples, byte by byte, at the end of a parcel for rank 0.
void pack(std::string& parcel, std::size_t unit, const Tensor& samples) {
  const auto number = static_cast<std::uint64_t>(unit);
  parcel.append(reinterpret_cast<const char*>(&number), sizeof number);
  const Tensor values = samples.to(at::kCPU, at::kDouble).contiguous();
  parcel.append(reinterpret_cast<const char*>(values.const_data_ptr<double>()), values.nbytes());
}

/// Puts the units of all parcels where they belong: [windows, samples, D] of each method.
std::vector<Tensor> unpack(const ToyExperiment& experiment, const std::vector<ToyUnit>& units,
                           const std::vector<std::string>& parcels) {
  std::vector<Tensor> samples;
  for (const ToyMethod& method : experiment.methods)
    samples.push_back(at::full({method.windows, method.samples, experiment.dimension()}, std::nan(""), at::kDouble));
  for (const std::string& parcel : parcels)
    for (std::size_t at = 0; at < parcel.size();) {
      std::uint64_t number = 0;
      std::memcpy(&number, parcel.data() + at, sizeof number);
      const ToyUnit& unit = units.at(number);
      const Tensor block = samples[unit.method][unit.window].narrow(0, unit.first, unit.count);
      std::memcpy(block.data_ptr<double>(), parcel.data() + at + sizeof number, block.nbytes());
      at += sizeof number + block.nbytes();
    }
  return samples;
}

/// Samples this rank's share of the units. Empty where a signal ended the run.
std::optional<std::string> sample_share(const ToyExperiment& experiment, const std::vector<ToyUnit>& units,
                                        Communicator& communicator, bool quiet) {
  std::vector<double> costs;
  std::vector<std::size_t> kinds;
  double total = 0;
  for (const ToyUnit& unit : units) {
    total += costs.emplace_back(unit_cost(experiment, unit));
    kinds.push_back(unit.method);
  }
  Progress progress(total, 0, units.size(), 0, quiet ? nullptr : stderr);
  ProgressListener listener(progress, costs);
  const WindowSampler sampler(experiment);
  std::string parcel;
  const auto work = [&](std::size_t index, std::optional<std::size_t>) {
    ToyObserver observer(progress, costs[index]);
    try {
      pack(parcel, index, sampler.sample(units[index], observer));
    } catch (const Interrupted&) {
      return Outcome{.interrupted = true};
    }
    progress.step(0, 0);
    return Outcome{};
  };
  char interrupted = dispatch(communicator, ExpectedCosts(costs, kinds), work, listener).interrupted ? 1 : 0;
  communicator.broadcast(&interrupted, sizeof interrupted);
  if (interrupted != 0) return std::nullopt;
  return parcel;
}

void write_report(const ToyExperiment& experiment, const std::filesystem::path& output, const std::string& text,
                  const std::vector<Tensor>& samples) {
  const ToyTruth truth = toy_truth(experiment);
  std::vector<ProfileAnalysis> analyses;
  for (std::size_t m = 0; m < samples.size(); ++m)
    analyses.push_back(analyse_profile(experiment, experiment.methods[m], truth, samples[m]));
  store_toy(output / "samples.h5", experiment, text, truth, analyses, samples);
  const Table table = toy_error_table(experiment, truth, analyses);
  make_folder(output / "tables");
  write_table(table, output / "tables", "errors");
  write_table(toy_window_table(experiment, analyses), output / "tables", "windows");
  std::vector<Figure> figures = {density_figure(experiment), profile_figure(experiment, truth, analyses),
                                 error_figure(experiment, truth, analyses)};
  for (std::size_t m = 0; m < analyses.size(); ++m)
    figures.push_back(windows_figure(experiment, experiment.methods[m], truth, analyses[m]));
  make_folder(output / "figures");
  std::vector<std::string> stems;
  for (const Figure& figure : figures) {
    write_figure(figure, output / "figures");
    stems.push_back(figure.stem);
  }
  say("{}", to_terminal(table, false));
  for (std::size_t m = 0; m < analyses.size(); ++m)
    say("{}: Kolmogorov-Smirnov D up to {:.4f}, smallest Holm-adjusted p {:.3g}; WHAM took {} iterations; MBAR "
        "within {:.4f} kT of it; {} samples out of range\n",
        experiment.methods[m].label, analyses[m].greatest_d(), analyses[m].smallest_p(), analyses[m].iterations,
        analyses[m].mbar_distance, analyses[m].outside);
  if (const std::string trouble = draw_figures(output / "figures", stems); !trouble.empty()) tell("{}\n", trouble);
}

}  // namespace

int run_toy(const ToyRunOptions& options, Communicator& communicator) {
  const auto started = std::chrono::steady_clock::now();
  const bool leads = communicator.rank() == 0;
  const auto read = [&] { return read_toy(find_toy(options.toy), options.overrides); };
  std::filesystem::path output = options.output;
  const Briefing briefing = brief(communicator, [&](Briefing&) {
    const ToyExperiment checked = read();
    if (output.empty()) output = std::filesystem::path("output") / checked.name;
    make_folder(output);
  });
  if (briefing.code != exit_code::success) {
    if (leads) tell("dpsbench: {}\n", briefing.error);
    return briefing.code;
  }
  const ToyExperiment experiment = read();
  const std::vector<ToyUnit> units = toy_units(experiment);
  const auto share = sample_share(experiment, units, communicator, options.quiet || !leads);
  if (!share) {
    if (leads) tell("stopped early; nothing was kept\n");
    return exit_code::stopped_early;
  }
  const std::vector<std::string> parcels = communicator.gather(*share);
  if (leads) {
    const auto sampled = std::chrono::steady_clock::now();
    write_report(experiment, output, find_toy(options.toy).text, unpack(experiment, units, parcels));
    const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - started;
    const std::chrono::duration<double> sampling = sampled - started;
    if (!options.quiet)
      tell("{:.0f} s on {} rank{}, {:.0f} s of it sampling; tables, figures and samples are in {}\n", whole.count(),
           communicator.size(), communicator.size() == 1 ? "" : "s", sampling.count(), output.string());
  }
  communicator.barrier();
  return exit_code::success;
}

}  // namespace dpsbench
