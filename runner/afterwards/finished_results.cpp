#include "runner/afterwards/finished_results.h"

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/output_lock.h"
#include "runner/experiment/yaml_reader.h"
#include "runner/work/complete_results.h"

namespace dpsbench {
namespace {

YamlReader experiment_of(const RunResult& run) {
  const YamlDocument document = parse_yaml(run.text("experiment_text"), "experiment_text of the results");
  return YamlReader(std::make_shared<const YamlDocument>(document));
}

}  // namespace

ResultsFile finished_results(const std::filesystem::path& folder, const std::string& user) {
  static_cast<void>(read_manifest(folder));  // says so if the folder is no output
  if (!results_are_complete(folder)) {
    const OutputLock lock(folder, user);
    consolidate(folder);
  }
  ResultsFile results(results_path(folder));
  if (results.cells().empty()) throw UserError("{}: nothing is done yet (dpsbench status shows more)", folder.string());
  return results;
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
