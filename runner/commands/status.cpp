#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/words/shell_word.h"
#include "core/words/tell.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "runner/commands/commands.h"
#include "runner/work/failure_lines.h"

namespace dpsbench {
namespace {

struct Count {
  std::size_t units_done = 0;
  std::size_t units = 0;
  std::size_t images_done = 0;
  std::size_t images_failed = 0;
  std::size_t images = 0;
};

/// What of an output is done.
struct Done {
  std::map<std::string, Count> cells;
  Count all;
};

Done what_is_done(const Manifest& manifest, const UnitStore& store) {
  const std::vector<std::string> present = store.present();  // 'verify' reads them, too
  std::map<std::string, std::size_t> failed;
  for (const UnitFailure& failure : store.failures()) failed[failure.unit_id] = failure.images.size();
  Done done;
  for (const PlannedUnit& unit : manifest.units) {
    const bool is_done = std::ranges::binary_search(present, unit.id);
    const std::size_t images = unit.image_ids.size();
    const std::size_t lost = failed.contains(unit.id) ? std::min(failed.at(unit.id), images) : 0;
    for (Count* count : {&done.cells[unit.cell], &done.all}) {
      count->units_done += is_done ? 1 : 0;
      ++count->units;
      count->images_done += is_done ? images - lost : 0;
      count->images_failed += lost;
      count->images += images;
    }
  }
  return done;
}

std::string units_text(const Count& count) {
  return fmt::format("{:>5} / {} units{}", count.units_done, count.units,
                     count.images_failed == 0 ? ""
                                              : fmt::format(", {} image{} failed", count.images_failed,
                                                            count.images_failed == 1 ? "" : "s"));
}

std::string images_text(const Count& count) {
  return fmt::format("{:>7} {:>7} {:>7}", count.images_done, count.images_failed,
                     count.images - count.images_done - count.images_failed);
}

void print_status(const std::string& folder, bool of_images) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  const Done done = what_is_done(manifest, store);
  std::size_t width = std::string("images").size();
  for (const PlannedCell& cell : manifest.cells) width = std::max(width, cell.id.size());
  const auto line = [&](const std::string& name, const Count& count) {
    say("{:<{}}  {}\n", name, width, of_images ? images_text(count) : units_text(count));
  };
  if (of_images) say("{:<{}}  {:>7} {:>7} {:>7}\n", "images", width, "done", "failed", "left");
  for (const PlannedCell& cell : manifest.cells) line(cell.id, done.cells.at(cell.id));
  line("all", done.all);
  for (const std::string& failed : failure_lines(store, manifest)) say("{}\n", failed);
  if (done.all.units_done < done.all.units)
    say("'dpsbench run' again does what is left, with --only CELL that of a cell; 'dpsbench report {}' shows what is "
        "done\n",
        shell_word(folder));
}

}  // namespace

void add_status_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("status", "Show what of an output folder is done, and what failed and why");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  const auto cells = std::make_shared<bool>(false);
  command->add_flag("--cells", *cells, "Count images, a line a cell: done, failed, left");
  command->callback([folder, cells] { print_status(*folder, *cells); });
}

}  // namespace dpsbench
