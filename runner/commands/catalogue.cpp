#include "runner/catalogue/catalogue.h"

#include <algorithm>
#include <functional>

#include "core/error.h"
#include "core/words/nearest_name.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"

namespace dpsbench {
namespace {

struct Wanted {
  std::string name;
  bool long_list = false;
  bool json = false;
};

/// All, or the one of that name.
std::vector<CatalogueEntry> chosen(std::vector<CatalogueEntry> entries, const std::string& kind,
                                   const std::string& name) {
  if (name.empty()) return entries;
  const auto found = std::ranges::find(entries, name, &CatalogueEntry::name);
  if (found != entries.end()) return {*found};
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : entries) names.push_back(entry.name);
  throw UserError("there is no {} '{}'{}; there are: {}", kind, name, did_you_mean(name, names),
                  fmt::join(names, ", "));
}

void show(const std::vector<CatalogueEntry>& entries, const Wanted& wanted) {
  if (wanted.json) {
    auto all = nlohmann::ordered_json::array();
    for (const CatalogueEntry& entry : entries) all.push_back(entry.json);
    return say("{}\n", all.dump(2));
  }
  if (wanted.long_list || !wanted.name.empty()) {
    for (const CatalogueEntry& entry : entries) say("{}\n", entry.page);
    return;
  }
  std::size_t width = 0;
  for (const CatalogueEntry& entry : entries) width = std::max(width, entry.name.size());
  for (const CatalogueEntry& entry : entries) say("{:<{}}  {}\n", entry.name, width, entry.line);
}

/// A command that lists what experiment files can name, of one kind.
void add_catalogue(CLI::App& app, const std::string& command_name, const std::string& kind, const std::string& what,
                   const std::function<std::vector<CatalogueEntry>()>& entries) {
  CLI::App* command = app.add_subcommand(command_name, "List " + what);
  const auto wanted = std::make_shared<Wanted>();
  command->add_option("NAME", wanted->name, "Only this " + kind + ", with all there is to say of it");
  CLI::Option* in_full = command->add_flag("--long", wanted->long_list, "All there is to say of each");
  command->add_flag("--json", wanted->json, "The same as a JSON list, for programs")->excludes(in_full);
  command->callback([wanted, kind, entries] { show(chosen(entries(), kind, wanted->name), *wanted); });
}

}  // namespace

void add_methods_command(CLI::App& app) {
  add_catalogue(app, "methods", "method", "the posterior samplers, with their options", method_catalogue);
}

void add_tasks_command(CLI::App& app) {
  add_catalogue(app, "tasks", "task", "the measurement tasks, with their options", task_catalogue);
}

void add_keys_command(CLI::App& app) {
  add_catalogue(app, "keys", "group of keys", "the keys of an experiment file", key_catalogue);
}

}  // namespace dpsbench
