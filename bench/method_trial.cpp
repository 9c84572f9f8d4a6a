#include "bench/method_trial.h"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "runner/experiment/option_words.h"
#include "runner/work/memory_watch.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

constexpr KnownPosteriors of_networks = KnownPosteriors::none;

/// The tasks, those first that most methods serve.
std::vector<const TaskEntry*> usual_tasks() {
  std::vector<const TaskEntry*> order{&find_task("inpainting"), &find_task("super_resolution")};
  for (const TaskEntry& task : tasks())
    if (!task.of_signals && std::find(order.begin(), order.end(), &task) == order.end()) order.push_back(&task);
  return order;
}

const TaskEntry& task_for(const MethodEntry& method, const std::string& wanted) {
  if (!wanted.empty()) {
    const TaskEntry& task = find_task(wanted);
    if (const std::string reason = incompatibility(method, task, of_networks); !reason.empty())
      throw UserError("{}", reason);
    return task;
  }
  for (const TaskEntry* task : usual_tasks())
    if (incompatibility(method, *task, of_networks).empty()) return *task;
  throw UserError("{}", unserved(method));
}

/// Counts the steps that a method reports.
class StepCount final : public Observer {
 public:
  void on_step(const StepRecord&) override { ++steps; }
  std::int64_t steps = 0;
};

/// "VmRSS" or "VmHWM" of this process, in bytes; 0 where the system does not say.
std::int64_t resident_bytes(const std::string& kind) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(kind + ":")) return std::stoll(line.substr(kind.size() + 1)) * 1024;
  return 0;
}

/// Gives freed memory back and lets VmHWM start anew.
void forget_resident_peak() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

}  // namespace

std::string unserved(const MethodEntry& method) {
  for (const TaskEntry* task : usual_tasks())
    if (incompatibility(method, *task, of_networks).empty()) return {};
  return incompatibility(method, *usual_tasks().front(), of_networks);
}

MethodTrial read_trial(const std::string& words, std::int64_t steps, const std::string& task) {
  std::stringstream stream(words);
  std::string name;
  std::getline(stream, name, ':');
  const MethodEntry& method = find_method(name);
  std::vector<std::string> options;
  for (std::string option; std::getline(stream, option, ':');) options.push_back(option);
  std::map<std::string, OptionValue> given = read_option_words(method.options, options, "--methods " + name);
  const auto has_steps = [](const OptionSpec& spec) { return spec.name == "steps"; };
  if (std::any_of(method.options.begin(), method.options.end(), has_steps)) given.emplace("steps", steps);
  return {&method, OptionValues(method.options, given), &task_for(method, task), words};
}

TrialFigures run_trial(const MethodTrial& trial, const Prior& prior, std::int64_t batch) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < batch; ++i) streams.push_back({"bench", std::to_string(i), 0});
  const PhiloxNoise noise(0, streams);
  const ImageShape shape = prior.shape();
  const auto op = trial.task->bind(OptionValues(trial.task->options, {}), shape, noise, prior.options());
  const Tensor x =
      noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, prior.options()).clamp(-1, 1);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const auto sampler = trial.method->make(trial.options);
  TrialFigures figures;
  const ClockedPrior clocked(prior, figures.network);
  const Problem problem{clocked, schedule, *op, measure(*op, x, 0.05, noise, false), 0.05, noise};

  forget_resident_peak();
  figures.resident_before = resident_bytes("VmRSS");
  StepCount count;
  const at::Device device = prior.options().device();
  const MemoryWatch memory;
  const double started = work_seconds(device);
  std::ignore = sampler->sample(problem, count);
  figures.seconds = work_seconds(device) - started;
  figures.image_steps = batch * count.steps;
  figures.peak_bytes = memory.peak();
  figures.resident_at_peak = resident_bytes("VmHWM");
  return figures;
}

}  // namespace dpsbench
