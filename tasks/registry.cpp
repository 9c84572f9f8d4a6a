#include "tasks/registry.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/nearest_name.h"

namespace dpsbench {

#define TASK(name) TaskEntry name##_task();
#include "tasks/tasks.inc"
#undef TASK

namespace {

/// The entry with a check that refuses images where it measures signals, run before every bind too.
TaskEntry checked_before_bind(TaskEntry entry) {
  if (entry.of_signals)
    entry.check = [name = entry.name, check = entry.check](const OptionValues& values, const ImageShape& shape) {
      if (shape.height != 1)
        throw UserError("task '{}' measures signals, of height 1; the images have height {}", name, shape.height);
      check(values, shape);
    };
  entry.bind = [check = entry.check, bind = entry.bind](const OptionValues& values, const ImageShape& shape,
                                                        const Noise& noise, const TensorOptions& options) {
    check(values, shape);
    return bind(values, shape, noise, options);
  };
  return entry;
}

std::vector<TaskEntry> all_tasks() {
  std::vector<TaskEntry> entries = {
#define TASK(name) name##_task(),
#include "tasks/tasks.inc"
#undef TASK
  };
  for (TaskEntry& entry : entries) entry = checked_before_bind(std::move(entry));
  return entries;
}

std::vector<TaskEntry>& task_table() {
  static std::vector<TaskEntry> entries = all_tasks();
  return entries;
}

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const TaskEntry& entry : task_table()) names.push_back(entry.name);
  return names;
}

}  // namespace

const std::vector<TaskEntry>& tasks() { return task_table(); }

void add_task(TaskEntry entry) {
  const std::vector<std::string> taken = task_names();
  if (std::ranges::find(taken, entry.name) != taken.end())
    throw UserError("task '{}' is there already; give yours another name", entry.name);
  task_table().push_back(checked_before_bind(std::move(entry)));
}

const TaskEntry& find_task(const std::string& name) {
  for (const TaskEntry& entry : tasks())
    if (entry.name == name) return entry;
  const std::vector<std::string> names = task_names();
  throw UserError("task '{}' is unknown{}; allowed: {}", name, did_you_mean(name, names), fmt::join(names, ", "));
}

}  // namespace dpsbench
