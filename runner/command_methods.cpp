#include "core/error.h"
#include "methods/registry.h"
#include "runner/commands.h"
#include "runner/option_table.h"
#include "runner/presets.h"

namespace dpsbench {
namespace {

std::string served_tasks(const MethodEntry& method) {
  const PriorKind prior = method.needs.closed_form_prior ? PriorKind::closed_form : PriorKind::network;
  std::vector<std::string> names;
  for (const TaskEntry& task : tasks())
    if (incompatibility(method, task, prior).empty()) names.push_back(task.name);
  if (names.size() == tasks().size()) return "all";
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

void print_method(const MethodEntry& method) {
  fmt::print("{}\n    {}\n    {}\n    tasks: {}{}\n", method.name, method.title, method.paper, served_tasks(method),
             method.needs.closed_form_prior ? "; with a Gaussian mixture as prior" : "");
  if (const auto presets = preset_names(method); !presets.empty())
    fmt::print("    presets: {}\n", fmt::join(presets, ", "));
  fmt::print("{}\n", option_table(method.options, 4));
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
