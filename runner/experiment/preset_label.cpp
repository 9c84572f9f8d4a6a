#include "runner/experiment/preset_label.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "runner/experiment/prior_block.h"

namespace dpsbench {
namespace {

bool has_other_published(const Experiment& experiment, const MethodRequest& method) {
  return std::ranges::any_of(experiment.methods, [&](const MethodRequest& other) {
    return other.entry == method.entry && !other.preset.empty() && other.preset != tuned_preset &&
           other.preset != method.preset;
  });
}

std::string kind_of(const Experiment& experiment, const MethodRequest& method) {
  if (method.preset == tuned_preset) return "tuned";
  return has_other_published(experiment, method) ? fmt::format("published {}", method.preset) : "published";
}

/// "steps and side".
std::string text_of(const std::vector<ScalesWith>& scaled) {
  std::vector<std::string> words;
  for (const ScalesWith what : scaled) words.emplace_back(what == ScalesWith::steps ? "steps" : "side");
  return fmt::format("{}", fmt::join(words, " and "));
}

}  // namespace

std::string preset_label(const Experiment& experiment, const MethodRequest& method, const Preset& preset,
                         const OptionValues& options) {
  const bool scaled_with_steps = std::ranges::find(method.scaled, ScalesWith::steps) != method.scaled.end();
  const bool other_steps = preset.steps && options.all().contains("steps") && options.integer("steps") != *preset.steps;
  std::vector<std::string> unlike;
  if (preset.borrowed) unlike.emplace_back("another task");
  if (other_steps && !scaled_with_steps) unlike.push_back(fmt::format("{} steps", *preset.steps));
  std::string label = kind_of(experiment, method);
  if (!unlike.empty()) label += fmt::format(" for {}", fmt::join(unlike, " and "));
  if (!method.scaled.empty()) label += fmt::format(", scaled with {}", text_of(method.scaled));
  if (method.preset == tuned_preset && experiment.presets) {
    const bool same = experiment.presets->prior == describe_prior(experiment.prior);
    if (!same || experiment.presets_of_other_weights)
      label += fmt::format("{}{}", under_another_prior, same ? " (other weights)" : "");
  }
  return label;
}

bool is_noteworthy(const std::string& preset_label) { return !preset_label.empty() && preset_label != "published"; }

std::string united_label(const std::string& first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return fmt::format("{} = {}", first, second);
}

}  // namespace dpsbench
