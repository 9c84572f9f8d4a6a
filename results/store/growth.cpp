#include "results/store/growth.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <sstream>

#include "results/store/cell_changes.h"

namespace dpsbench {
namespace {

/// What the last run of a plan's folder says of itself; empty where it does not, as runs of earlier versions.
std::string last_run(const Manifest& manifest, const std::string& name) {
  if (manifest.runs.empty()) return {};
  const auto found = manifest.runs.back().find(name);
  return found == manifest.runs.back().end() ? std::string() : found->second;
}

/// The lines "key: value" of an experiment with every default filled in.
std::map<std::string, std::string> lines_of(const std::string& text) {
  std::map<std::string, std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos && !line.starts_with(' ') && !line.starts_with('-'))
      lines[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return lines;
}

std::vector<std::string> metrics_of(const Manifest& manifest) {
  std::string text = said_in(manifest, "metrics");  // "[psnr, ssim]"
  for (char& c : text)
    if (c == '[' || c == ']' || c == ',') c = ' ';
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

/// Those names that are not among the others.
std::vector<std::string> not_among(const std::vector<std::string>& names, const std::vector<std::string>& others) {
  std::vector<std::string> only;
  for (const std::string& name : names)
    if (std::ranges::find(others, name) == others.end()) only.push_back(name);
  return only;
}

long samples_of(const Manifest& manifest) {
  const auto& attributes = manifest.cells.front().attributes;
  const auto found = attributes.find("samples_per_image");
  return found == attributes.end() ? 1 : std::strtol(found->second.c_str(), nullptr, 10);
}

/// The experiment's list of images.
std::vector<std::string> images_of(const Manifest& manifest) {
  std::map<std::int64_t, std::string> images;
  for (const PlannedUnit& unit : manifest.units)
    for (std::size_t i = 0; i < unit.positions.size(); ++i) images[unit.positions[i]] = unit.image_ids.at(i);
  std::vector<std::string> list;
  for (const auto& [position, id] : images) list.push_back(id);
  return list;
}

void compare_lists(const Manifest& before, const Manifest& now, Growth& growth) {
  const std::vector<std::string> old_images = images_of(before);
  const std::vector<std::string> new_images = images_of(now);
  const std::size_t common = std::min(old_images.size(), new_images.size());
  for (std::size_t i = 0; i < common; ++i)
    if (old_images[i] != new_images[i]) {
      growth.changes.push_back(
          fmt::format("dataset: image {} of the list was {}, now {} (images may be added, and left out, at its end)", i,
                      old_images[i], new_images[i]));
      break;
    }
  if (old_images.size() != new_images.size())
    growth.remarks.push_back(fmt::format("{} images, were {}", new_images.size(), old_images.size()));

  const std::vector<std::string> old_metrics = metrics_of(before);
  const std::vector<std::string> new_metrics = metrics_of(now);
  for (const std::string& name : not_among(old_metrics, new_metrics))
    growth.changes.push_back(fmt::format(
        "metrics: {} was there, now it is not ('dpsbench report --metrics' leaves it out of tables)", name));
  if (const auto added = not_among(new_metrics, old_metrics); !old_metrics.empty() && !added.empty())
    growth.remarks.push_back(fmt::format("metrics new: {}", fmt::join(added, ", ")));

  if (const long was = samples_of(before), is = samples_of(now); is < was)
    growth.changes.push_back(fmt::format("samples was {}, now {}: they are only ever added", was, is));
  else if (is > was)
    growth.remarks.push_back(fmt::format("{} samples of each image, were {}", is, was));
}

void compare_files(const Manifest& before, const Manifest& now, Growth& growth) {
  const auto compare = [&](const std::string& name, const std::string& key) {
    const std::string was = last_run(before, name);
    const std::string is = last_run(now, name);
    if (!was.empty() && !is.empty() && was != is)
      growth.changes.push_back(fmt::format("{} was {}, now {}", key, was, is));
  };
  compare("weights_sha256", "the SHA-256 of the prior's weights");
  compare("autoencoder_sha256", "the SHA-256 of the autoencoder's weights");
  compare("lpips_sha256", "the SHA-256 of lpips_weights");
  if (said_in(before, "batch") != said_in(now, "batch"))
    growth.changes.push_back(fmt::format("batch was {}, now {}", said_in(before, "batch"), said_in(now, "batch")));
}

/// Whether units of the same images of the same cell are the same, but for metrics and samples.
bool units_agree(const Manifest& before, const Manifest& now) {
  const auto contents = [](const Manifest& manifest) {
    std::map<std::string, std::string> of_cells;
    for (const PlannedCell& cell : manifest.cells) of_cells[cell.id] = content_of(cell);
    return of_cells;
  };
  const auto old_contents = contents(before);
  const auto new_contents = contents(now);
  std::map<std::pair<std::string, std::vector<std::string>>, const PlannedUnit*> was;
  for (const PlannedUnit& unit : before.units) was[{old_contents.at(unit.cell), unit.image_ids}] = &unit;
  return std::ranges::all_of(now.units, [&](const PlannedUnit& unit) {
    const auto found = was.find({new_contents.at(unit.cell), unit.image_ids});
    if (found == was.end()) return true;
    return found->second->base.empty() ? found->second->id == unit.id : found->second->base == unit.base;
  });
}

/// What is left to be said where units differ and nothing above tells why.
void compare_texts(const Manifest& before, const Manifest& now, Growth& growth) {
  static const std::set<std::string> may_grow = {"name",    "title",   "tables",  "tasks",   "methods",
                                                 "sigma_y", "metrics", "samples", "presets", "lpips_weights"};
  const auto old_lines = lines_of(before.experiment_text);
  for (const auto& [key, value] : lines_of(now.experiment_text)) {
    const auto was = old_lines.find(key);
    if (!may_grow.contains(key) && (was == old_lines.end() || was->second != value))
      growth.changes.push_back(
          fmt::format("{} was {}, now {}", key, was == old_lines.end() ? "absent" : was->second, value));
  }
  if (!growth.changes.empty()) return;
  growth.changes.emplace_back(
      before.units.front().base.empty()
          ? "it was begun by an earlier version, whose units grow in neither metrics nor samples; or the content of "
            "images, weights or this program's numerics changed"
          : "the content of images or weights, or this program's numerics, changed");
}

std::string names_of(const std::vector<const PlannedCell*>& cells) {
  constexpr std::size_t most = 5;
  std::vector<std::string> names;
  for (const PlannedCell* cell : cells) names.push_back(cell->id);
  const std::size_t more = names.size() > most ? names.size() - most : 0;
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string cells_text(std::size_t count) { return fmt::format("{} cell{}", count, count == 1 ? "" : "s"); }

std::vector<EarlierUnit> earlier_units(const Manifest& before, const Manifest& now) {
  std::set<std::string> asked_for;
  for (const PlannedUnit& unit : now.units) asked_for.insert(unit.id);
  std::vector<EarlierUnit> earlier = before.earlier;
  for (const PlannedUnit& unit : before.units) earlier.push_back({unit.id, unit.base});
  std::erase_if(earlier, [&](const EarlierUnit& unit) { return asked_for.contains(unit.id); });
  return earlier;
}

}  // namespace

std::string said_in(const Manifest& manifest, const std::string& key) {
  const auto lines = lines_of(manifest.experiment_text);
  const auto found = lines.find(key);
  return found == lines.end() ? std::string() : found->second;
}

Growth growth_of(const Manifest& before, const Manifest& now) {
  Growth growth;
  if (before.experiment != now.experiment)
    growth.changes.push_back(fmt::format("name was {}, now {}", before.experiment, now.experiment));
  for (const std::string& change : changes_of_shared(before.cells.front(), now.cells.front()))
    growth.changes.push_back(change);
  auto gone = cells_only_in(before, now);
  auto added = cells_only_in(now, before);
  const auto revised = revised_cells(gone, added);
  const auto were_revised = revised_cells(added, gone);
  std::erase_if(added, [&](const PlannedCell* cell) { return std::ranges::find(revised, cell) != revised.end(); });
  std::erase_if(gone,
                [&](const PlannedCell* cell) { return std::ranges::find(were_revised, cell) != were_revised.end(); });
  if (!revised.empty())
    growth.remarks.push_back(
        fmt::format("{} done anew, whose method gives other samples since a later version of this program: {}",
                    cells_text(revised.size()), names_of(revised)));
  for (const std::string& change : changes_of_cells(gone, added)) growth.changes.push_back(change);
  if (growth.changes.empty() && gone.size() == before.cells.size())
    growth.changes.emplace_back("none of its cells is asked for any more");
  if (!added.empty()) growth.remarks.push_back(fmt::format("{} new: {}", cells_text(added.size()), names_of(added)));
  compare_lists(before, now, growth);
  compare_files(before, now, growth);
  if (growth.changes.empty() && !units_agree(before, now)) compare_texts(before, now, growth);
  if (!gone.empty())
    growth.remarks.push_back(
        fmt::format("{} not asked for any more: {}; what is done of them is kept, in no table, and is found again when "
                    "they are asked for",
                    cells_text(gone.size()), names_of(gone)));
  if (growth.remarks.empty()) growth.remarks.emplace_back("the order of its cells or metrics is another");
  growth.earlier = earlier_units(before, now);
  return growth;
}

}  // namespace dpsbench
