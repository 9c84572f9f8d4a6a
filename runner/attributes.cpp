#include "runner/attributes.h"

#include "runner/plan.h"
#include "runner/prior_block.h"

namespace dpsbench {

std::map<std::string, std::string> cell_attributes(const Experiment& experiment, const Cell& cell) {
  std::map<std::string, std::string> attributes = {
      {"experiment", experiment.name},
      {"dataset", experiment.dataset.name},
      {"prior", describe_prior(experiment.prior)},
      {"seed", std::to_string(experiment.seed)},
      {"precision", to_text(experiment.precision)},
      {"hidden_noise", experiment.hidden_noise ? "true" : "false"},
      {"samples_per_image", std::to_string(experiment.samples)},
      {"numerics_version", std::to_string(numerics_version)},
      {"task", cell.task->name},
      {"sigma_y", to_text(OptionValue(cell.sigma_y))},
      {"method", cell.method->name},
      {"method_label", cell.method_label},
  };
  if (experiment.truth) attributes["truth"] = describe_prior(*experiment.truth);
  for (const auto& [name, value] : cell.task_options.all()) attributes["task." + name] = to_text(value);
  for (const auto& [name, value] : cell.method_options.all()) attributes["method." + name] = to_text(value);
  if (!cell.preset.empty()) {
    attributes["preset"] = cell.preset;
    attributes["preset_source"] = cell.preset_source;
  }
  return attributes;
}

}  // namespace dpsbench
