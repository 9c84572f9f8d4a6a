#include "tasks/registry.h"

#include <algorithm>

#include "core/error.h"
#include "tasks/task_list.h"

namespace dpsbench {
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
  std::vector<TaskEntry> entries;
  for (const auto& make :
       {denoising_task, inpainting_task, box_inpainting_task, half_inpainting_task, super_resolution_task,
        super_resolution_pooling_task, colorization_task, gaussian_blur_task, uniform_blur_task, motion_blur_task,
        compressed_sensing_task, random_matrix_task, phase_retrieval_task, high_dynamic_range_task, jpeg_task,
        imputation_task, circular_blur_task, partial_fourier_task})
    entries.push_back(checked_before_bind(make()));
  return entries;
}

}  // namespace

const std::vector<TaskEntry>& tasks() {
  static const std::vector<TaskEntry> entries = all_tasks();
  return entries;
}

const TaskEntry& find_task(const std::string& name) {
  std::vector<std::string> names;
  for (const TaskEntry& entry : tasks()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string near = nearest_name(name, names);
  throw UserError("task '{}' is unknown{}; allowed: {}", name,
                  near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), fmt::join(names, ", "));
}

}  // namespace dpsbench
