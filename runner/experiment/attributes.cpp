#include "runner/experiment/attributes.h"

#include <fmt/ranges.h>

#include "runner/experiment/coding_price.h"
#include "runner/experiment/plan.h"
#include "runner/experiment/prior_block.h"

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
      {"sigma_y", to_text(OptionValue(cell.sigma_y))},
      {"method_label", cell.method_label},
      {"pass_back_cost", to_text(OptionValue(usual_pass_back))},
  };
  if (experiment.noise_kind != NoiseKind::gaussian) attributes["noise"] = to_text(experiment.noise_kind);
  if (const std::int64_t passes = passes_of_an_evaluation(experiment.prior); passes > 1)
    attributes["passes_of_an_evaluation"] = std::to_string(passes);
  if (experiment.truth) attributes["truth"] = describe_prior(*experiment.truth);
  if (cell.of_latents) {
    const CodingPrice price = coding_price(experiment.prior);
    attributes["autoencoder"] = describe(*experiment.prior.autoencoder);
    attributes["decoding_cost"] = to_text(OptionValue(price.decoding));
    attributes["encoding_cost"] = to_text(OptionValue(price.encoding));
  }
  attributes.merge(to_attributes("task", cell.task_state()));
  attributes.merge(to_attributes("method", cell.method_state()));
  if (!cell.task->origin.empty()) attributes["task_origin"] = cell.task->origin;
  if (!cell.method->origin.empty()) attributes["method_origin"] = cell.method->origin;
  if (cell.method->revision > 0) attributes["method_revision"] = std::to_string(cell.method->revision);
  if (!cell.set.empty()) attributes["method_set"] = fmt::format("{}", fmt::join(cell.set, " "));
  if (!cell.no_verdict.empty()) attributes["no_verdict"] = cell.no_verdict;
  if (!cell.method->given_original.empty()) attributes["given_original"] = cell.method->given_original;
  if (!cell.preset.empty()) {
    attributes["preset"] = cell.preset;
    attributes["preset_source"] = cell.preset_source;
    attributes["preset_label"] = cell.preset_label;
    if (cell.preset_steps) attributes["preset_steps"] = std::to_string(*cell.preset_steps);
  }
  return attributes;
}

}  // namespace dpsbench
