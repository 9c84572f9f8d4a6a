#include "results/report/repeat.h"

#include <fmt/format.h>

#include "core/state.h"
#include "core/words/shell_word.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// A text as YAML has it within braces: in quotes where it would be read as something else.
std::string yaml_word(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(",[]{}:#&*!|>'\"%@` \t\n?") == std::string::npos;
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

/// "{name: dps, scale: 0.5, steps: 100}"
std::string block_of(const State& state) {
  std::string text = "{name: " + yaml_word(state.name);
  for (const auto& [option, value] : state.options) text += fmt::format(", {}: {}", option, yaml_word(value));
  return text + "}";
}

}  // namespace

std::string repeat_command(const RunResult& run, const CellResult& cell) {
  const State task = cell.state("task");
  const State method = cell.state("method");
  if (task.name.empty() || method.name.empty() || method.name == imported_name) return "";
  const bool of_plugin = !cell.text("task_origin").empty() || !cell.text("method_origin").empty();
  return fmt::format(
      "{} run {} --output again --set {} --set {} --set {} --set {}{}", of_plugin ? "python -m dpsbench" : "dpsbench",
      shell_word(file_stem(run.text("experiment")) + ".yaml"), shell_word("tasks=[" + block_of(task) + "]"),
      shell_word("sigma_y=" + cell.text("sigma_y")), shell_word("seed=" + cell.text("seed")),
      shell_word("methods=[" + block_of(method) + "]"), of_plugin ? " --plugin FILE.py" : "");
}

}  // namespace dpsbench
