#include "runner/work/complete_results.h"

#include "core/error.h"
#include "results/store/consolidate.h"

namespace dpsbench {

std::optional<ResultsFile> complete_results(const std::filesystem::path& folder, const std::string& configuration) {
  if (!std::filesystem::exists(results_path(folder))) return std::nullopt;
  try {
    ResultsFile results(results_path(folder));
    if (results.text("complete") == "true" && results.text("configuration") == configuration) return results;
  } catch (const DataError&) {  // damaged
  }
  return std::nullopt;
}

}  // namespace dpsbench
