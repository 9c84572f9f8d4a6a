// How fast every method samples under a network, where its time goes and what memory it takes.
//   ninja -C build/release method_speed && build/release/method_speed --help
#include <ATen/core/grad_mode.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/evaluation_file.h"
#include "bench/speed_figures.h"
#include "core/error.h"
#include "runner/experiment/prior_block.h"
#include "runner/price/estimate.h"
#include "runner/ranks/exit_code.h"
#include "runner/station/device.h"
#include "runner/work/memory_watch.h"

namespace dpsbench {
namespace {

struct SpeedOptions {
  std::string prior = "experiments/quickstart.yaml";
  std::vector<std::string> methods;
  std::string task;
  std::int64_t batch = 8;
  std::int64_t steps = 20;
  std::int64_t rounds = 3;
  std::string device = "cpu";
  int threads = 1;
  std::string precision = "fp32";
  std::string peak = "measured";
  bool json = false;
  std::string evaluation_file;
};

std::vector<MethodTrial> chosen_trials(const SpeedOptions& options) {
  std::vector<std::string> names = options.methods;
  if (names.empty()) {
    for (const MethodEntry& method : methods())
      if (const std::string reason = unserved(method); reason.empty())
        names.push_back(method.name);
      else
        fmt::print(stderr, "left out: {}\n", reason);
  }
  std::vector<MethodTrial> trials;
  for (const std::string& name : names) trials.push_back(read_trial(name, options.steps, options.task));
  return trials;
}

/// Warms the network up, too.
std::int64_t kept_between_passes(const Prior& prior, std::int64_t batch) {
  const Tensor x = at::zeros(prior.shape().batch(batch), prior.options());
  const NoiseLevel level = NoiseSchedule::linear().level(500);
  const auto evaluate = [&] { return prior.evaluate(x, level, Gradient::wanted); };
  const Evaluation first = evaluate();  // packs the filters of the way there, then of the way back
  std::ignore = first.pull_back({first.eps});
  const MemoryWatch memory;
  const Evaluation evaluation = evaluate();
  std::size_t shown = evaluation.eps.nbytes();
  if (evaluation.variance_fraction.defined()) shown += evaluation.variance_fraction.nbytes();
  return (memory.now() - static_cast<std::int64_t>(shown)) / batch;
}

NetworkBench set_up(const SpeedOptions& options) {
  const PriorSpec spec = read_prior_file(options.prior);
  if (spec.kind != "unet") throw UserError("{}: the prior is of kind {}; allowed: unet", options.prior, spec.kind);
  require_prior_file(spec);
  const at::Device device = choose_device(options.device, 0);
  const Precision precision = options.precision == "fp32"   ? Precision::fp32
                              : options.precision == "tf32" ? Precision::tf32
                                                            : Precision::bf16;
  fix_numerics(device, options.threads);
  const TensorOptions type = TensorOptions().dtype(at::kFloat).device(device);
  NetworkBench bench{make_prior(spec, type, torso_of(precision)), unet_operations(network_options(spec)),
                     peak_rate(options.peak, type), options.batch};
  bench.kept_bytes = kept_between_passes(*bench.prior, options.batch);
  return bench;
}

/// The round whose time is the median.
TrialFigures median_round(std::vector<TrialFigures> rounds) {
  const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [](const TrialFigures& a, const TrialFigures& b) { return a.seconds < b.seconds; });
  return *middle;
}

void measure_speed(const SpeedOptions& options) {
  const at::NoGradGuard no_grad;
  const std::vector<MethodTrial> trials = chosen_trials(options);
  const NetworkBench bench = set_up(options);
  if (!options.evaluation_file.empty()) write_evaluation(options.evaluation_file, *bench.prior, options.batch);
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  if (!options.json) {
    fmt::print("{}, batch {}, {} steps where a method has steps, median of {} rounds\n", options.prior, options.batch,
               options.steps, options.rounds);
    print_table_head(bench);
  }
  for (const MethodTrial& trial : trials) {
    std::vector<TrialFigures> rounds;
    for (std::int64_t k = 0; k < options.rounds; ++k) rounds.push_back(run_trial(trial, *bench.prior, options.batch));
    const TrialFigures figures = median_round(std::move(rounds));
    if (options.json)
      all.push_back(to_json(bench, trial, figures));
    else
      print_row(bench, trial, figures);
  }
  if (options.json) std::cout << all.dump(1) << "\n";
}

void add_options(CLI::App& app, SpeedOptions& options) {
  app.add_option("--prior", options.prior, "YAML file with a prior block of kind unet; an experiment file will do")
      ->capture_default_str();
  app.add_option("--methods", options.methods,
                 "Which, separated by commas, each with options of its own: dps,dps-w:reference=naive; default: all")
      ->delimiter(',');
  app.add_option("--task", options.task, "Of all of them; default: of each the first it serves");
  app.add_option("--batch", options.batch, "Images at a time")->check(CLI::Range(1, 4096))->capture_default_str();
  app.add_option("--steps", options.steps, "Of methods that have steps")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--rounds", options.rounds, "The median of which is shown")
      ->check(CLI::Range(1, 999))
      ->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda; on cuda every network call is waited for, to time it")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "CPU threads")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--precision", options.precision, "fp32, tf32 or bf16")
      ->check(CLI::IsMember({"fp32", "tf32", "bf16"}))
      ->capture_default_str();
  std::vector<std::string> peaks;
  for (const PeakRate& peak : published_peaks()) peaks.push_back(peak.name);
  app.add_option("--peak", options.peak,
                 fmt::format("What utilisation is a share of: measured (a large product of matrices or convolution), a "
                             "number in TFLOP/s, {}",
                             fmt::join(peaks, ", ")))
      ->capture_default_str();
  app.add_option("--write-evaluation", options.evaluation_file,
                 "Also write an evaluation and a pull-back of the network to this safetensors file");
  app.add_flag("--json", options.json, "Print JSON in place of a table");
}

}  // namespace
}  // namespace dpsbench

int main(int argc, char** argv) {
  using namespace dpsbench;
  keep_freed_memory();
  SpeedOptions options;
  CLI::App app{"Speed, memory and utilisation of the methods under a network"};
  add_options(app, options);
  try {
    app.parse(argc, argv);
    measure_speed(options);
    return exit_code::success;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::success : exit_code::bad_usage;
  } catch (const UserError& error) {
    fmt::print(stderr, "method_speed: {}\n", error.what());
    return exit_code::bad_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "method_speed: {}\n", error.what());
    return exit_code::internal_error;
  }
}
