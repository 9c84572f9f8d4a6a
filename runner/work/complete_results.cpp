#include "runner/work/complete_results.h"

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/reader.h"

namespace dpsbench {

bool results_are_complete(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(results_path(folder))) return false;
  try {
    return ResultsFile(results_path(folder)).text("complete") == "true";
  } catch (const DataError&) {
    return false;  // damaged: it will be made anew
  }
}

}  // namespace dpsbench
