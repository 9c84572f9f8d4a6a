#include "core/error.h"
#include "core/words/tell.h"
#include "methods/registry.h"
#include "runner/commands/commands.h"
#include "runner/commands/option_table.h"
#include "runner/experiment/presets.h"

namespace dpsbench {
namespace {

std::string served_tasks(const MethodEntry& method) {
  std::vector<std::string> names;
  for (const TaskEntry& task : tasks())
    if (incompatibility(method, task, KnownPosteriors::any).empty()) names.push_back(task.name);
  if (names.size() == tasks().size()) return "all";
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

std::string needs_text(const MethodEntry& method) {
  const Needs& needs = method.needs;
  std::vector<std::string> words;
  if (needs.gradient) words.emplace_back("gradients through the network");
  if (needs.linear) words.emplace_back("a linear task (adjoint, pseudo-inverse, Gram solve)");
  if (needs.svd) words.emplace_back("its singular value decomposition");
  if (needs.denoising_reference) words.emplace_back("a reference denoising task");
  if (method.needs.exact_posterior)
    words.push_back(fmt::format(
        "a prior that knows its posterior{}{}", method.inpaints_by_score ? " (of hidden pixels: or its score)" : "",
        method.any_prior_tasks.empty() ? "" : fmt::format(" (not for {})", fmt::join(method.any_prior_tasks, ", "))));
  return words.empty() ? "the network and A alone" : fmt::format("{}", fmt::join(words, ", "));
}

/// By the defaults, at the paper's usual noise.
std::string cost_text(const MethodEntry& method) {
  constexpr double usual_sigma_y = 0.05;
  const Cost cost = method.cost(OptionValues(method.options, {}), usual_sigma_y);
  return cost.backward > 0
             ? fmt::format("{:.0f} network evaluations an image, {:.0f} passes back", cost.forward, cost.backward)
             : fmt::format("{:.0f} network evaluations an image", cost.forward);
}

/// What `dpsbench tune` chooses: "scale (0.1 to 20, log)".
std::string tuned_text(const MethodEntry& method) {
  std::vector<std::string> words;
  for (const Tunable& tunable : method.tunable)
    words.push_back(fmt::format("{} ({})", tunable.option, to_text(tunable)));
  return fmt::format("{}", fmt::join(words, "; "));
}

void print_method(const MethodEntry& method) {
  say("{}\n    {}\n    {}\n    tasks: {}\n    needs: {}\n    cost: {}{}\n", method.name, method.title, method.paper,
      served_tasks(method), needs_text(method), cost_text(method),
      method.follows_score ? "\n    follows a score: 'dpsbench along-time' reads it" : "");
  if (!method.origin.empty()) say("    from {}\n", method.origin);
  if (const auto presets = preset_names(method); !presets.empty()) say("    presets: {}\n", fmt::join(presets, ", "));
  if (!method.tunable.empty()) say("    tuned by 'dpsbench tune': {}\n", tuned_text(method));
  say("{}\n", option_table(method.options, 4));
}

}  // namespace

void add_methods_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("methods", "List the posterior samplers with their options");
  const auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "Only this method");
  command->callback([name] {
    if (!name->empty()) return print_method(find_method(*name));
    for (const MethodEntry& method : methods()) print_method(method);
  });
}

}  // namespace dpsbench
