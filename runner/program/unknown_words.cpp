#include "runner/program/unknown_words.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/nearest_name.h"

namespace dpsbench {
namespace {

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    if (!option->get_group().empty())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace

std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty() || words.front().starts_with('-')) return {};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (std::ranges::find(names, words.front()) != names.end()) return {};
  return fmt::format("there is no command '{}'{}; 'dpsbench help' lists all", words.front(),
                     did_you_mean(words.front(), names));
}

std::string unknown_option(const CLI::App& app) {
  const CLI::App* command = &app;
  std::string of = "dpsbench";
  while (!command->get_subcommands().empty()) {  // those that were met
    command = command->get_subcommands().back();
    of += " " + command->get_name();
  }
  for (const std::string& word : app.remaining(true)) {
    if (!word.starts_with('-') || word == "--") continue;
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("{} has no option {}{}; '{} --help' lists those it has", of, name,
                       did_you_mean(name, option_names(*command)), of);
  }
  return {};
}

}  // namespace dpsbench
