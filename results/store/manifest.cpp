#include "results/store/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/files/sealed_json.h"

namespace fs = std::filesystem;

namespace dpsbench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedCell, id, attributes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EarlierUnit, id, base)

// NOLINTNEXTLINE(readability-identifier-naming): the library's name
inline void to_json(nlohmann::json& json, const PlannedUnit& unit) {
  json = {{"id", unit.id}, {"cell", unit.cell}, {"image_ids", unit.image_ids}, {"positions", unit.positions}};
  if (!unit.base.empty()) json["base"] = unit.base;
}

// NOLINTNEXTLINE(readability-identifier-naming): the library's name
inline void from_json(const nlohmann::json& json, PlannedUnit& unit) {
  unit = {json.at("id"), json.at("cell"), json.at("image_ids"), json.at("positions"), json.value("base", "")};
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Manifest, experiment, experiment_text, configuration, cells, units, runs)

namespace {

/// How a manifest begins that has no seal, as earlier versions wrote it: no single fault makes a sealed one look so.
constexpr std::string_view unsealed_manifest = "{\n \"cells\": [";

std::string manifest_text(const fs::path& path) {
  const Bytes bytes = read_bytes(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[noreturn]] void refuse_damaged(const fs::path& path, const std::string& what) {
  throw DamagedManifest("{}: damaged: {}; 'dpsbench run' of the same experiment into this folder writes it anew",
                        path.string(), what);
}

/// Throws unless the parts of a manifest fit together.
void check_whole(const Manifest& manifest, const fs::path& path) {
  std::set<std::string> cells;
  for (const PlannedCell& cell : manifest.cells) cells.insert(cell.id);
  if (manifest.units.empty()) refuse_damaged(path, "it plans no units");
  for (const PlannedUnit& unit : manifest.units) {
    if (!cells.contains(unit.cell)) refuse_damaged(path, fmt::format("unit {} is of no cell", unit.id));
    if (unit.image_ids.empty() || unit.image_ids.size() != unit.positions.size())
      refuse_damaged(path, fmt::format("unit {} has {} images at {} positions", unit.id, unit.image_ids.size(),
                                       unit.positions.size()));
  }
}

}  // namespace

fs::path manifest_path(const fs::path& folder) { return folder / "manifest.json"; }

void write_manifest(const fs::path& folder, const Manifest& manifest) {
  nlohmann::json document = manifest;
  if (!manifest.groups.empty()) document["groups"] = manifest.groups;
  if (!manifest.earlier.empty()) document["earlier"] = manifest.earlier;
  // paths and host names need not be UTF-8
  const std::string text = document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  write_durably(manifest_path(folder), as_bytes(sealed_json(text)));
}

std::optional<Manifest> find_manifest(const fs::path& folder) {
  const fs::path path = manifest_path(folder);
  if (!fs::exists(path)) return std::nullopt;
  const std::string text = manifest_text(path);
  const bool sealed = json_seal_holds(text);
  if (!sealed && !text.starts_with(unsealed_manifest)) refuse_damaged(path, "it was altered or cut off");
  try {
    const nlohmann::json document = nlohmann::json::parse(text);
    auto manifest = document.get<Manifest>();
    if (document.contains("groups")) document.at("groups").get_to(manifest.groups);
    if (document.contains("earlier")) document.at("earlier").get_to(manifest.earlier);
    check_whole(manifest, path);
    manifest.sealed = sealed;
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    refuse_damaged(path, error.what());
  }
}

Manifest read_manifest(const fs::path& folder) {
  auto manifest = find_manifest(folder);
  if (!manifest) throw UserError("{}: there is no {}: not an output folder", folder.string(), "manifest.json");
  return *std::move(manifest);
}

bool had_configuration(const Manifest& manifest, const std::string& configuration) {
  if (manifest.configuration == configuration) return true;
  return std::ranges::any_of(manifest.runs, [&](const std::map<std::string, std::string>& run) {
    const auto found = run.find("configuration");
    return found != run.end() && found->second == configuration;
  });
}

std::vector<std::map<std::string, std::string>> runs_of_damaged(const fs::path& folder) {
  try {
    return nlohmann::json::parse(manifest_text(manifest_path(folder))).at("runs");
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace dpsbench
