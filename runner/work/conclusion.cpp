#include "runner/work/conclusion.h"

#include <algorithm>
#include <set>

#include "core/words/shell_word.h"
#include "core/words/tell.h"
#include "results/store/consolidate.h"
#include "results/store/output_lock.h"
#include "runner/ranks/exit_code.h"
#include "runner/work/complete_results.h"
#include "runner/work/failure_lines.h"

namespace dpsbench {
namespace {

/// How many units of the plan are neither done nor known to fail: other parts have still to do them.
std::size_t count_unended(const Plan& plan, const UnitStore& store) {
  const std::vector<std::string> present = store.present();
  std::set<std::string> ended(present.begin(), present.end());
  for (const UnitFailure& failure : store.failures()) ended.insert(failure.unit_id);
  return static_cast<std::size_t>(
      std::ranges::count_if(plan.units, [&](const Unit& unit) { return !ended.contains(unit.id); }));
}

}  // namespace

void conclude_run(const DispatchResult& result, const MetricMeans& means, const UnitStore& store, const Plan& plan,
                  const RunOptions& options) {
  const std::filesystem::path& output = options.output;
  if (means.images() > 0) tell("this job: {}\n", means.text());
  for (const std::string& line : failure_lines(store)) tell("{}\n", line);
  if (result.interrupted || result.gave_up) {
    tell("{}; run the same command again to resume\n",
         result.interrupted
             ? "stopped early"
             : fmt::format("gave up: more than {} images failed (--max-failures)", options.max_failures));
    return;
  }
  const OutputTurn turn(output);
  if (const std::size_t rest = count_unended(plan, store); rest > 0) {
    tell("part {}/{} is done; {} units of other parts are not\n", options.part.number, options.part.of, rest);
    return;
  }
  if (result.ended > 0 || !results_are_complete(output)) consolidate(output);
  tell("{}; tables and figures: dpsbench report {}\n",
       result.failures > 0 ? "finished, some images failed" : "all done", shell_word(output.string()));
}

int exit_code_after(const DispatchResult& result) {
  if (result.interrupted) return exit_code::stopped_early;
  return result.failures > 0 ? exit_code::failed_images : exit_code::success;
}

}  // namespace dpsbench
