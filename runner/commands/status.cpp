#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/words/tell.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "runner/commands/commands.h"
#include "runner/work/failure_lines.h"

namespace dpsbench {
namespace {

struct Count {
  std::size_t done = 0;
  std::size_t total = 0;
  std::size_t failed_images = 0;
};

void print_status(const std::string& folder) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  const std::vector<std::string> done = store.present();  // 'verify' reads them, too
  std::map<std::string, Count> cells;
  Count all;
  for (const PlannedUnit& unit : manifest.units)
    for (Count* count : {&cells[unit.cell], &all}) {
      count->done += std::ranges::binary_search(done, unit.id) ? 1 : 0;
      ++count->total;
    }
  for (const UnitFailure& failure : store.failures())
    for (Count* count : {&cells[failure.cell_id], &all}) count->failed_images += failure.images.size();
  std::size_t width = 0;
  for (const PlannedCell& cell : manifest.cells) width = std::max(width, cell.id.size());
  const auto line = [&](const std::string& name, const Count& count) {
    say("{:<{}}  {:>5} / {} units{}\n", name, width, count.done, count.total,
        count.failed_images > 0
            ? fmt::format(", {} image{} failed", count.failed_images, count.failed_images == 1 ? "" : "s")
            : "");
  };
  for (const PlannedCell& cell : manifest.cells) line(cell.id, cells[cell.id]);
  line("all", all);
  for (const std::string& failed : failure_lines(store)) say("{}\n", failed);
}

}  // namespace

void add_status_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("status", "Show what of an output folder is done, and what failed and why");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  command->callback([folder] { print_status(*folder); });
}

}  // namespace dpsbench
