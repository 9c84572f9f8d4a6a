#include "core/words/tell.h"
#include "runner/commands/commands.h"

namespace dpsbench {
namespace {

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::Option* option : command.get_options())
    if (!option->get_group().empty())  // those that are for people
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  return words;
}

std::vector<std::string> subcommands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* known : command.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(known->get_name());
  return names;
}

/// A bash function that completes commands, then a command's options where a word begins with '-', else files.
std::string bash_script(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    cases += fmt::format("    {}) options='{}' commands='{}' ;;\n", command->get_name(),
                         fmt::join(options_of(*command), " "), fmt::join(subcommands_of(*command), " "));
  const std::string names = fmt::format("{}", fmt::join(subcommands_of(app), " "));
  return fmt::format(
      "_dpsbench() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} options='{}' commands='{}'\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -gt 1 ]; then\n"
      "    commands=\n"
      "    case ${{COMP_WORDS[1]}} in\n{}    esac\n"
      "    [ \"${{COMP_WORDS[1]}}\" != help ] || commands='{}'\n"
      "  fi\n"
      "  case $word in\n"
      "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
      "    *) [ \"$COMP_CWORD\" -gt 2 ] || COMPREPLY=($(compgen -W \"$commands\" -- \"$word\")) ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o default -F _dpsbench dpsbench\n",
      fmt::join(options_of(app), " "), names, cases, names);
}

}  // namespace

void add_completion_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("completion", "Print what lets bash complete commands and options");
  command->footer("In ~/.bashrc: eval \"$(dpsbench completion)\"");
  command->callback([&app] { say("{}", bash_script(app)); });
}

}  // namespace dpsbench
