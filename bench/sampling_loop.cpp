// The sampling loop beside the bare network, in one process, turn by turn: what dps costs beyond the network's forward
// and backward passes, and what dps-w saves by reusing its reference score.
//   ninja -C build/release sampling_loop && OMP_NUM_THREADS=1 build/release/sampling_loop [steps] [batch] [rounds]
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "methods/registry.h"
#include "priors/prior_spec.h"

namespace {

using namespace dpsbench;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename Work>
double timed(const Work& work) {
  const double started = cpu_seconds();
  work();
  return cpu_seconds() - started;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int index, std::int64_t usual) { return argc > index ? std::stol(argv[index]) : usual; };
  const std::int64_t steps = argument(1, 20);
  const std::int64_t batch = argument(2, 8);
  const std::int64_t rounds = argument(3, 7);
  const at::NoGradGuard no_grad;
  const auto prior = make_prior(
      {.kind = "unet", .preset = "photo32", .network = {}, .file = "experiments/quickstart/photo32.safetensors"},
      TensorOptions().dtype(at::kFloat));
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < batch; ++i) streams.push_back({"bench", std::to_string(i), 0});
  const PhiloxNoise noise(0, streams);
  const TaskEntry& task = find_task("inpainting");
  const auto op = task.bind(OptionValues(task.options, {}), prior->shape(), noise, prior->options());
  const Tensor x = noise.normal(Purpose::initial, 0, {3, 32, 32}, prior->options());
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const Problem problem{*prior, schedule, *op, measure(*op, x.clamp(-1, 1), 0.05, noise, false), 0.05, noise};
  SilentObserver silent;
  const auto sampler = [&](const std::string& name, const std::map<std::string, OptionValue>& given) {
    const MethodEntry& entry = find_method(name);
    return entry.make(OptionValues(entry.options, given));
  };
  const auto dps = sampler("dps", {{"steps", steps}});
  const auto cached = sampler("dps-w", {{"steps", steps}});
  const auto naive = sampler("dps-w", {{"steps", steps}, {"reference", std::string("naive")}});
  const auto bare = [&] {
    for (std::int64_t i = 0; i < steps; ++i) {
      const Evaluation at = prior->evaluate(x, schedule.level(500), Gradient::wanted);
      std::ignore = at.pull_back({at.eps});
    }
  };
  bare();
  std::vector<double> overhead;
  std::vector<double> saving;
  std::vector<double> rate;
  for (std::int64_t round = 0; round < rounds; ++round) {
    const double network = timed(bare);
    const double loop = timed([&] { std::ignore = dps->sample(problem, silent); });
    const double reused = timed([&] { std::ignore = cached->sample(problem, silent); });
    const double anew = timed([&] { std::ignore = naive->sample(problem, silent); });
    overhead.push_back(loop / network - 1);
    saving.push_back(anew / reused);
    rate.push_back(static_cast<double>(steps * batch) / loop);
  }
  fmt::print("{} steps, batch {}, median of {} rounds, CPU time\n", steps, batch, rounds);
  fmt::print("dps: {:.1f} image steps a second; {:.1f} % beyond the bare network's forward and backward\n",
             median(rate), 100 * median(overhead));
  fmt::print("dps-w naive / cached: {:.2f}\n", median(saving));
}
