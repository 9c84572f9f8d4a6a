#include <fmt/format.h>

#include "methods/registry.h"
#include "runner/catalogue/catalogue.h"
#include "runner/catalogue/option_table.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

std::vector<std::string> methods_with_a_network(const TaskEntry& task) {
  std::vector<std::string> names;
  for (const MethodEntry& method : methods())
    if (incompatibility(method, task, KnownPosteriors::none).empty()) names.push_back(method.name);
  return names;
}

std::string page_of(const TaskEntry& task) {
  std::string page = fmt::format(
      "{}\n    {}\n    {}\n    {}{}{}\n", task.name, task.title, task.source,
      task.linear ? "linear: adjoint, pseudo-inverse, Gram solve" : "not linear: pseudo-inverse as a first guess",
      task.has_svd ? ", singular value decomposition" : "",
      task.has_denoising_reference ? ", reference denoising task (DPS-w)" : "");
  if (!task.origin.empty()) page += fmt::format("    from {}\n", task.origin);
  page += fmt::format("    methods, with a network: {}\n", fmt::join(methods_with_a_network(task), ", "));
  return page + option_table(task.options, 4);
}

nlohmann::ordered_json as_json(const TaskEntry& task) {
  return {{"name", task.name},
          {"title", task.title},
          {"source", task.source},
          {"origin", task.origin},
          {"linear", task.linear},
          {"singular_values", task.has_svd},
          {"reference_denoising_task", task.has_denoising_reference},
          {"of_signals", task.of_signals},
          {"methods_with_a_network", methods_with_a_network(task)},
          {"options", options_as_json(task.options)}};
}

}  // namespace

std::vector<CatalogueEntry> task_catalogue() {
  std::vector<CatalogueEntry> entries;
  for (const TaskEntry& task : tasks()) entries.push_back({task.name, task.title, page_of(task), as_json(task)});
  return entries;
}

}  // namespace dpsbench
