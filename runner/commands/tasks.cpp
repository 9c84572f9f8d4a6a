#include "core/error.h"
#include "core/words/tell.h"
#include "methods/registry.h"
#include "runner/commands/commands.h"
#include "runner/commands/option_table.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

void print_task(const TaskEntry& task) {
  say("{}\n    {}\n    {}\n    {}{}{}\n", task.name, task.title, task.source,
      task.linear ? "linear: adjoint, pseudo-inverse, Gram solve" : "not linear: pseudo-inverse as a first guess",
      task.has_svd ? ", singular value decomposition" : "",
      task.has_denoising_reference ? ", reference denoising task (DPS-w)" : "");
  if (!task.origin.empty()) say("    from {}\n", task.origin);
  std::vector<std::string> methods_of_task;
  for (const MethodEntry& method : methods())
    if (incompatibility(method, task, KnownPosteriors::none).empty()) methods_of_task.push_back(method.name);
  say("    methods, with a network: {}\n{}\n", fmt::join(methods_of_task, ", "), option_table(task.options, 4));
}

}  // namespace

void add_tasks_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("tasks", "List the measurement tasks with their options");
  const auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "Only this task");
  command->callback([name] {
    if (!name->empty()) return print_task(find_task(*name));
    for (const TaskEntry& task : tasks()) print_task(task);
  });
}

}  // namespace dpsbench
