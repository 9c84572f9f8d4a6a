#include "runner/work/complete_results.h"

#include "core/error.h"
#include "results/store/consolidate.h"

namespace dpsbench {
namespace {

/// Whether the results' images are of these groups: an experiment may name others than it did.
bool has_groups(const ResultsFile& results, const std::map<std::string, std::string>& groups) {
  for (const CellResult& cell : results.cells()) {
    if (cell.image_groups.empty() != groups.empty()) return false;
    for (std::size_t i = 0; i < cell.image_groups.size(); ++i) {
      const auto found = groups.find(cell.image_ids[i]);
      if (found == groups.end() || found->second != cell.image_groups[i]) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<ResultsFile> complete_results(const std::filesystem::path& folder, const Manifest& manifest) {
  if (!std::filesystem::exists(results_path(folder))) return std::nullopt;
  try {
    ResultsFile results(results_path(folder));
    if (results.text("complete") == "true" && results.text("configuration") == manifest.configuration &&
        has_groups(results, manifest.groups))
      return results;
  } catch (const DataError&) {  // damaged
  }
  return std::nullopt;
}

}  // namespace dpsbench
