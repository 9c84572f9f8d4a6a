#include <fmt/format.h>

#include "methods/registry.h"
#include "runner/catalogue/catalogue.h"
#include "runner/catalogue/option_table.h"
#include "runner/experiment/presets.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

/// With a prior of images, or where the method needs latents with one of latents behind a network.
std::vector<std::string> tasks_under(const MethodEntry& method, KnownPosteriors known) {
  const Sampled sampled = method.needs.latents ? Sampled::latents : Sampled::images;
  std::vector<std::string> names;
  for (const TaskEntry& task : tasks())
    if (incompatibility(method, task, known, sampled).empty()) names.push_back(task.name);
  return names;
}

std::string served_tasks(const MethodEntry& method) {
  const std::vector<std::string> names = tasks_under(method, KnownPosteriors::any);
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
  if (needs.latents) words.emplace_back("a prior of latents");
  if (method.needs.exact_posterior)
    words.push_back(fmt::format(
        "a prior that knows its posterior{}{}", method.inpaints_by_score ? " (of hidden pixels: or its score)" : "",
        method.any_prior_tasks.empty() ? "" : fmt::format(" (not for {})", fmt::join(method.any_prior_tasks, ", "))));
  return words.empty() ? "the network and A alone" : fmt::format("{}", fmt::join(words, ", "));
}

/// By the defaults, at the paper's usual noise.
Cost usual_cost(const MethodEntry& method) {
  constexpr double usual_sigma_y = 0.05;
  return method.cost(OptionValues(method.options, {}), usual_sigma_y);
}

std::string cost_text(const Cost& cost) {
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

std::string page_of(const MethodEntry& method) {
  std::string page =
      fmt::format("{}\n    {}\n    {}\n    tasks: {}\n    needs: {}\n    cost: {}\n", method.name, method.title,
                  method.paper, served_tasks(method), needs_text(method), cost_text(usual_cost(method)));
  if (!method.without_noise.empty()) page += fmt::format("    refuses sigma_y 0: {}\n", method.without_noise);
  if (method.follows_score) page += "    follows a score: 'dpsbench along-time' reads it\n";
  if (!method.origin.empty()) page += fmt::format("    from {}\n", method.origin);
  if (const auto presets = preset_names(method); !presets.empty())
    page += fmt::format("    presets: {}\n", fmt::join(presets, ", "));
  if (!method.tunable.empty()) page += fmt::format("    tuned by 'dpsbench tune': {}\n", tuned_text(method));
  return page + option_table(method.options, 4);
}

nlohmann::ordered_json as_json(const MethodEntry& method) {
  const Cost cost = usual_cost(method);
  auto tuned = nlohmann::ordered_json::array();
  for (const Tunable& tunable : method.tunable)
    tuned.push_back({{"option", tunable.option}, {"values", to_text(tunable)}});
  return {{"name", method.name},
          {"title", method.title},
          {"paper", method.paper},
          {"origin", method.origin},
          {"needs", needs_text(method)},
          {"tasks", tasks_under(method, KnownPosteriors::any)},
          {"tasks_with_a_network", tasks_under(method, KnownPosteriors::none)},
          {"evaluations", cost.forward},
          {"passes_back", cost.backward},
          {"follows_score", method.follows_score},
          {"refuses_sigma_y_0", method.without_noise},
          {"presets", preset_names(method)},
          {"tuned", tuned},
          {"options", options_as_json(method.options)}};
}

}  // namespace

std::vector<CatalogueEntry> method_catalogue() {
  std::vector<CatalogueEntry> entries;
  for (const MethodEntry& method : methods())
    entries.push_back({method.name, method.title, page_of(method), as_json(method)});
  return entries;
}

}  // namespace dpsbench
