#include "runner/work/conclusion.h"

#include <algorithm>
#include <set>

#include "core/words/shell_word.h"
#include "core/words/tell.h"
#include "results/files/durable_file.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"
#include "runner/work/complete_results.h"
#include "runner/work/failure_lines.h"
#include "runner/work/own_units.h"
#include "runner/work/taken_output.h"

namespace dpsbench {
namespace {

int exit_code_after(const DispatchResult& result) {
  if (result.interrupted) return exit_code::stopped_early;
  return result.failures > 0 ? exit_code::failed_images : exit_code::success;
}

/// The units of a plan that are neither done nor known to fail, as indices.
std::vector<std::size_t> unended_units(const Plan& plan, const UnitStore& store) {
  const std::vector<std::string> present = store.present();
  std::set<std::string> ended(present.begin(), present.end());
  for (const UnitFailure& failure : store.failures()) ended.insert(failure.unit_id);
  std::vector<std::size_t> unended;
  for (std::size_t unit = 0; unit < plan.units.size(); ++unit)
    if (!ended.contains(plan.units[unit].id)) unended.push_back(unit);
  return unended;
}

/// What of a job's own work is gone from its output; empty if nothing is.
std::string lost_work(const Plan& plan, const std::vector<std::size_t>& unended, const UnitStore& store,
                      const RunOptions& options) {
  const std::filesystem::path manifest = manifest_path(options.output);
  if (!std::filesystem::exists(manifest)) return manifest.string() + " is gone";
  std::vector<std::size_t> own = own_units(plan, options);
  std::erase_if(own, [&](std::size_t unit) { return !std::ranges::binary_search(unended, unit); });
  if (own.empty()) return {};
  return fmt::format("{} of the units that were done are gone, {} among them", own.size(),
                     store.unit_path(plan.units[own.front()].id).string());
}

/// Puts the results together if all parts are done. Returns the exit code.
int put_together(const DispatchResult& result, const UnitStore& store, const Plan& plan, const RunOptions& options) {
  const std::filesystem::path& output = options.output;
  const std::vector<std::size_t> unended = unended_units(plan, store);
  if (const std::string lost = lost_work(plan, unended, store, options); !lost.empty()) {
    tell("dpsbench: {}: was the output deleted while the job ran? Run the same command again\n", lost);
    return exit_code::internal_error;
  }
  if (!unended.empty() && !options.only.empty()) {
    tell(
        "{} is done; {} units of the experiment are not: the same command without --only does them; tables of what is "
        "there: dpsbench report {}\n",
        fmt::join(options.only, ", "), unended.size(), shell_word(output.string()));
    return exit_code_after(result);
  }
  if (!unended.empty()) {
    tell("part {}/{} is done; {} units of other parts are not\n", options.part.number, options.part.of, unended.size());
    return exit_code_after(result);
  }
  if (options.leaves_results_apart) {
    tell("{}; results, tables and figures: dpsbench report {}\n",
         result.failures > 0 ? "finished, some images failed" : "all done", shell_word(output.string()));
    return exit_code_after(result);
  }
  if (result.ended > 0 || !complete_results(output, read_manifest(output).configuration))
    consolidate(output, 1, [] {
      if (time_is_up()) throw Interrupted();
    });
  tell("{}; tables and figures: dpsbench report {}\n",
       result.failures > 0 ? "finished, some images failed" : "all done", shell_word(output.string()));
  return exit_code_after(result);
}

}  // namespace

int conclude_run(const DispatchResult& result, const MetricMeans& means, const UnitStore& store, const Plan& plan,
                 const RunOptions& options) {
  if (means.images() > 0) tell("this job: {}\n", means.text());
  if (const auto manifest = find_manifest(options.output))
    for (const std::string& line : failure_lines(store, *manifest)) tell("{}\n", line);
  if (result.interrupted || result.gave_up) {
    tell("{}; run the same command again to resume\n",
         result.interrupted
             ? "stopped early"
             : fmt::format("gave up: more than {} images failed (--max-failures)", options.max_failures));
    return exit_code_after(result);
  }
  std::string why;
  try {
    make_folder(options.output);  // where it is gone, that is told by what it held
    const OutputTurn turn = wait_for_turn(options.output, options.step_timeout);
    return put_together(result, store, plan, options);
  } catch (const OutputBusy& busy) {
    why = busy.what();
  } catch (const Interrupted& stopped) {
    why = stopped.what();
  }
  tell("{}\nall units are done, the results are not put together; run the same command again\n", why);
  return exit_code::stopped_early;
}
}  // namespace dpsbench
