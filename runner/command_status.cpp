#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "results/manifest.h"
#include "results/unit_store.h"
#include "runner/commands.h"

namespace dpsbench {
namespace {

struct Count {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t total = 0;
};

void print_status(const std::string& folder) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  const std::vector<std::string> done = store.present();  // 'verify' reads them, too
  const std::vector<UnitFailure> failures = store.failures();
  std::map<std::string, Count> cells;
  Count all;
  for (const PlannedUnit& unit : manifest.units) {
    const bool is_done = std::binary_search(done.begin(), done.end(), unit.id);
    const bool has_failed = !is_done && std::any_of(failures.begin(), failures.end(),
                                                    [&](const UnitFailure& f) { return f.unit_id == unit.id; });
    for (Count* count : {&cells[unit.cell], &all}) {
      count->done += is_done ? 1 : 0;
      count->failed += has_failed ? 1 : 0;
      ++count->total;
    }
  }
  std::size_t width = 0;
  for (const PlannedCell& cell : manifest.cells) width = std::max(width, cell.id.size());
  const auto line = [&](const std::string& name, const Count& count) {
    fmt::print("{:<{}}  {:>5} / {} units{}\n", name, width, count.done, count.total,
               count.failed > 0 ? fmt::format(", {} failed", count.failed) : "");
  };
  for (const PlannedCell& cell : manifest.cells) line(cell.id, cells[cell.id]);
  line("all", all);
  for (const UnitFailure& failure : failures)
    fmt::print("failed: {}, images {}: {}\n", failure.cell_id, fmt::join(failure.image_ids, " "), failure.reason);
}

}  // namespace

void add_status_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("status", "Show what of an output folder is done, and what failed and why");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  command->callback([folder] { print_status(*folder); });
}

}  // namespace dpsbench
