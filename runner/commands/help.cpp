#include "core/error.h"
#include "core/words/nearest_name.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"

namespace dpsbench {

void add_help_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("help", "Show what a command does and takes: 'help run' is 'run --help'");
  const auto name = std::make_shared<std::string>();
  command->add_option("COMMAND", *name, "The command; none: all of them in short");
  command->callback([&app, name] {
    if (name->empty())  // app.help() would be that of this command, which was met
      return say("{}", app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
    std::vector<std::string> names;
    for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; })) {
      if (known->get_name() == *name) return say("{}", known->help(app.get_name()));
      names.push_back(known->get_name());
    }
    throw UserError("there is no command '{}'{}; there are: {}", *name, did_you_mean(*name, names),
                    fmt::join(names, ", "));
  });
}

}  // namespace dpsbench
