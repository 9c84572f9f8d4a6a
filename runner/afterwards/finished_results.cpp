#include "runner/afterwards/finished_results.h"

#include <algorithm>

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/output_lock.h"
#include "results/store/unit_store.h"
#include "runner/experiment/yaml_reader.h"
#include "runner/work/complete_results.h"

namespace dpsbench {
namespace {

YamlReader experiment_of(const RunResult& run) {
  const YamlDocument document = parse_yaml(run.text("experiment_text"), "experiment_text of the results");
  return YamlReader(std::make_shared<const YamlDocument>(document));
}

/// Whether a unit that the manifest plans is there.
bool has_units(const std::filesystem::path& folder, const Manifest& manifest) {
  const std::vector<std::string> present = UnitStore(folder).present();
  return std::ranges::any_of(manifest.units,
                             [&](const PlannedUnit& unit) { return std::ranges::binary_search(present, unit.id); });
}

}  // namespace

ResultsFile finished_results(const std::filesystem::path& folder, const std::string& user) {
  const Manifest manifest = read_manifest(folder);
  if (auto complete = complete_results(folder, manifest)) return *std::move(complete);
  if (!has_units(folder, manifest)) {  // nothing that results could be made of
    if (!std::filesystem::exists(results_path(folder)))
      throw UserError("{}: nothing is done yet (dpsbench status shows more)", folder.string());
    ResultsFile results(results_path(folder));
    if (results.text("configuration") != manifest.configuration)
      throw DataError(
          "{}: holds results of another experiment than the folder's, and there are no units to make them of",
          results_path(folder).string());
    return results;
  }
  const OutputLock lock(folder, {user});
  consolidate(folder);
  return ResultsFile(results_path(folder));
}

std::string experiment_title(const RunResult& run) {
  const YamlReader experiment = experiment_of(run);
  return experiment.has("title") ? experiment.word("title") : experiment.word("name");
}

std::vector<std::string> table_layouts(const RunResult& run) {
  const YamlReader experiment = experiment_of(run);
  return experiment.has("tables") ? experiment.words("tables") : std::vector<std::string>{};
}

}  // namespace dpsbench
