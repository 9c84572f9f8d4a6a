#include "bench/speed_figures.h"

#include <nlohmann/json.hpp>

namespace dpsbench {
namespace {

double utilisation(const NetworkBench& bench, const TrialFigures& figures) {
  const auto passes = static_cast<double>(figures.network.evaluations + figures.network.pull_backs);
  return 2 * bench.operations * passes / (figures.seconds * bench.peak.operations);
}

}  // namespace

void print_table_head(const NetworkBench& bench) {
  fmt::print("seconds are {}\n", bench.prior->options().device().is_cpu() ? "CPU time of all threads" : "the clock's");
  fmt::print("an evaluation takes {:.4g} G multiply-accumulates, a pull-back as many; peak {:.4g} GFLOP/s ({}: {})\n",
             1e-9 * bench.operations, 1e-9 * bench.peak.operations, bench.peak.name, bench.peak.source);
  fmt::print("kept from an evaluation until it is pulled back: {:.3f} MB an image\n\n",
             1e-6 * static_cast<double>(bench.kept_bytes));
  fmt::print(
      "| method | task | evaluations a step | pull-backs a step | image steps / s | evaluations / s | outside the "
      "network | tensors, MB an image | utilisation |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
}

void print_row(const NetworkBench& bench, const MethodTrial& trial, const TrialFigures& f) {
  const auto steps = static_cast<double>(f.image_steps);
  const auto a_step = [&](std::int64_t count) { return f.image_steps == 0 ? 0 : static_cast<double>(count) / steps; };
  fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.1f} | {:.1f} | {:.1f} % | {:.2f} | {:.0f} % |\n", trial.name,
             trial.task->name, a_step(f.network.evaluations), a_step(f.network.pull_backs), steps / f.seconds,
             static_cast<double>(f.network.evaluations) / f.seconds, 100 * (1 - f.network.seconds / f.seconds),
             1e-6 * static_cast<double>(f.peak_bytes) / static_cast<double>(bench.batch), 100 * utilisation(bench, f));
  std::fflush(stdout);
}

nlohmann::ordered_json to_json(const NetworkBench& bench, const MethodTrial& trial, const TrialFigures& f) {
  return {{"method", trial.name},
          {"task", trial.task->name},
          {"image_steps", f.image_steps},
          {"evaluations", f.network.evaluations},
          {"pull_backs", f.network.pull_backs},
          {"seconds", f.seconds},
          {"network_seconds", f.network.seconds},
          {"tensor_peak_bytes", f.peak_bytes},
          {"resident_before_bytes", f.resident_before},
          {"resident_peak_bytes", f.resident_at_peak},
          {"kept_bytes_an_image", bench.kept_bytes},
          {"operations_a_pass", bench.operations},
          {"peak_operations_a_second", bench.peak.operations}};
}

}  // namespace dpsbench
