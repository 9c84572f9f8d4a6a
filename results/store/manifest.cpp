#include "results/store/manifest.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "results/files/durable_file.h"

namespace fs = std::filesystem;

namespace dpsbench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedCell, id, attributes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedUnit, id, cell, image_ids, positions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Manifest, experiment, experiment_text, configuration, cells, units, runs)

namespace {

/// So many differences are told; more would hide the first.
constexpr std::size_t differences_told = 5;

void write_manifest(const fs::path& folder, const Manifest& manifest) {
  nlohmann::json document = manifest;
  if (!manifest.groups.empty()) document["groups"] = manifest.groups;
  // paths and host names need not be UTF-8
  const std::string text = document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  write_durably(manifest_path(folder), as_bytes(text));
}

std::string value_or_none(const std::map<std::string, std::string>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "absent" : found->second;
}

void compare_cells(const PlannedCell& before, const PlannedCell& now, std::vector<std::string>& found) {
  std::map<std::string, std::string> all = before.attributes;
  all.insert(now.attributes.begin(), now.attributes.end());
  for (const auto& [name, ignored] : all) {
    const std::string old_value = value_or_none(before.attributes, name);
    const std::string new_value = value_or_none(now.attributes, name);
    if (old_value != new_value)
      found.push_back(fmt::format("cell {}: {} was {}, now {}", now.id, name, old_value, new_value));
  }
  if (before.id != now.id && found.empty()) found.push_back(fmt::format("cell {} is now cell {}", before.id, now.id));
}

void compare_units(const Manifest& before, const Manifest& now, std::vector<std::string>& found) {
  if (before.units.size() != now.units.size())
    found.push_back(fmt::format("{} units before, {} now", before.units.size(), now.units.size()));
  for (std::size_t i = 0; i < std::min(before.units.size(), now.units.size()); ++i)
    if (before.units[i].image_ids != now.units[i].image_ids) {
      found.push_back(fmt::format("the images of block {} were {}, now {}", i,
                                  fmt::join(before.units[i].image_ids, " "), fmt::join(now.units[i].image_ids, " ")));
      return;
    }
}

void compare_texts(const std::string& before, const std::string& now, std::vector<std::string>& found) {
  std::istringstream old_text(before);
  std::istringstream new_text(now);
  std::string old_line;
  std::string new_line;
  while (true) {
    const bool old_more = static_cast<bool>(std::getline(old_text, old_line));
    const bool new_more = static_cast<bool>(std::getline(new_text, new_line));
    if (!old_more && !new_more) return;
    if (!old_more) old_line = "nothing";
    if (!new_more) new_line = "nothing";
    if (old_line == new_line) continue;
    found.push_back(fmt::format("the experiment file said '{}', now '{}'", old_line, new_line));
    return;
  }
}

}  // namespace

fs::path manifest_path(const fs::path& folder) { return folder / "manifest.json"; }

std::optional<Manifest> find_manifest(const fs::path& folder) {
  const fs::path path = manifest_path(folder);
  if (!fs::exists(path)) return std::nullopt;
  const Bytes bytes = read_bytes(path);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  try {
    const nlohmann::json document = nlohmann::json::parse(text, text + bytes.size());
    auto manifest = document.get<Manifest>();
    if (document.contains("groups")) document.at("groups").get_to(manifest.groups);
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    throw DataError("{}: damaged, or written by another version: {}", path.string(), error.what());
  }
}

Manifest read_manifest(const fs::path& folder) {
  auto manifest = find_manifest(folder);
  if (!manifest) throw UserError("{}: there is no {}: not an output folder", folder.string(), "manifest.json");
  return *std::move(manifest);
}

std::vector<std::string> differences(const Manifest& before, const Manifest& now) {
  std::vector<std::string> found;
  if (before.experiment != now.experiment)
    found.push_back(fmt::format("the experiment was '{}', now '{}'", before.experiment, now.experiment));
  if (before.cells.size() != now.cells.size())
    found.push_back(fmt::format("{} cells before, {} now", before.cells.size(), now.cells.size()));
  for (std::size_t i = 0; i < std::min(before.cells.size(), now.cells.size()); ++i)
    compare_cells(before.cells[i], now.cells[i], found);
  if (found.empty()) compare_units(before, now, found);
  if (found.empty()) compare_texts(before.experiment_text, now.experiment_text, found);
  if (found.empty() && before.configuration != now.configuration)
    found.push_back(
        fmt::format("the configuration's digest was {}, now {}: weights, images or this program's numerics "
                    "changed",
                    before.configuration, now.configuration));
  return found;
}

Manifest open_output(const fs::path& folder, const Manifest& plan) {
  make_folder(folder);
  auto existing = find_manifest(folder);
  if (!existing) {
    write_manifest(folder, plan);
    return plan;
  }
  if (existing->configuration != plan.configuration) {
    std::vector<std::string> found = differences(*existing, plan);
    const std::size_t told = std::min(found.size(), differences_told);
    if (found.size() > told) found[told - 1] = fmt::format("... {} more", found.size() - told + 1);
    found.resize(told);
    throw UserError(
        "{}: holds results of a different configuration, and results are never mixed:\n  {}\n"
        "Give another --output folder, or the experiment that this one was begun with, or delete it.",
        folder.string(), fmt::join(found, "\n  "));
  }
  existing->groups = plan.groups;  // no answer depends on them
  existing->runs.insert(existing->runs.end(), plan.runs.begin(), plan.runs.end());
  write_manifest(folder, *existing);
  return *std::move(existing);
}

}  // namespace dpsbench
