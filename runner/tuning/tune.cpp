#include "runner/tuning/tune.h"

#include <chrono>
#include <map>

#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/selection.h"
#include "results/files/durable_file.h"
#include "results/store/manifest.h"
#include "runner/experiment/prior_block.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress.h"
#include "runner/station/drawn_dataset.h"
#include "runner/station/unseen_images.h"
#include "runner/tuning/rung.h"
#include "runner/tuning/trial_report.h"
#include "runner/work/briefing.h"
#include "runner/work/complete_results.h"
#include "runner/work/run.h"

namespace dpsbench {
namespace {

/// What the ranks agree on before the first rung.
struct Tuning {
  Experiment experiment;
  std::unique_ptr<Prior> law;  ///< that images are drawn from; null: they are files
  ImageShape shape;
  std::vector<std::int64_t> positions;  ///< of the images to tune on
  Rungs rungs;
  std::vector<Trial> trials;
};

/// The positions of the images to tune on.
std::vector<std::int64_t> tuned_positions(const Experiment& experiment, const Prior* law) {
  DatasetSpec all = experiment.tune->dataset;
  all.images.clear();
  const std::int64_t there = open_dataset(all, experiment.seed, law).size();
  return parse_positions(experiment.tune->dataset.images, there, "tune.dataset.images");
}

Tuning prepare_tuning(const RunOptions& options) {
  Tuning tuning{experiment_of(options), nullptr, {}, {}, {}, {}};
  if (!tuning.experiment.tune)
    throw UserError("{}: has no block 'tune': which images to tune on, and with how many evaluations",
                    tuning.experiment.file.string());
  tuning.law = law_of_images(tuning.experiment);
  tuning.shape = prior_shape(tuning.experiment.prior);
  tuning.positions = tuned_positions(tuning.experiment, tuning.law.get());
  tuning.rungs = make_rungs(static_cast<std::int64_t>(tuning.positions.size()));
  tuning.trials = make_trials(tuning.experiment, tuning.shape, tuning.rungs);
  return tuning;
}

/// The digests of the images to tune on. Throws UserError if one is an image of the experiment's tables.
std::vector<std::string> digests_of_unseen(const Tuning& tuning) {
  const Experiment& experiment = tuning.experiment;
  const Dataset tuned_on = open_dataset(experiment.tune->dataset, experiment.seed, tuning.law.get());
  const std::vector<std::string> digests = image_digests(tuned_on);
  const Dataset of_tables = open_dataset(experiment.dataset, experiment.seed, tuning.law.get());
  std::map<std::string, std::string> seen;
  const std::vector<std::string> tested = image_digests(of_tables);
  for (std::size_t i = 0; i < tested.size(); ++i) seen[tested[i]] = of_tables.id(static_cast<std::int64_t>(i));
  for (std::size_t i = 0; i < digests.size(); ++i)
    if (const auto found = seen.find(digests[i]); found != seen.end())
      throw UserError(
          "{}: tune.dataset: image '{}' of '{}' is image '{}' of '{}', which the tables use: methods are "
          "never tuned on it",
          experiment.file.string(), tuned_on.id(static_cast<std::int64_t>(i)), experiment.tune->dataset.name,
          found->second, experiment.dataset.name);
  return digests;
}

PresetFile chosen_presets(const Tuning& tuning, const std::vector<std::string>& digests,
                          const std::filesystem::path& output) {
  const TuneSpec& spec = *tuning.experiment.tune;
  const std::map<std::string, std::string> begun = read_manifest(rung_folder(output, 0)).runs.at(0);
  PresetFile file;
  file.experiment = tuning.experiment.name;
  file.dataset = spec.dataset.name;
  file.prior = describe_prior(tuning.experiment.prior);
  file.prior_sha256 = begun.at("weights_sha256");
  file.metric = spec.metric;
  file.budget = spec.budget;
  file.pass_back = spec.pass_back;
  file.seed = spec.seed;
  file.date = begun.at("date").substr(0, std::string("2026-01-01").size());
  file.revision = begun.at("git_revision");
  file.image_digests = digests;
  for (const Trial& trial : tuning.trials) {
    if (trial.failed[trial.chosen()]) continue;
    file.presets.push_back({trial.cell.method->name, trial.cell.task_state(), trial.cell.sigma_y,
                            trial.candidates[trial.chosen()].options, chosen_value(trial, find_metric(spec.metric))});
  }
  return file;
}

/// How far the rungs are, and how fast those went that this process did.
struct Pace {
  double planned = 0;  ///< evaluations of all rungs
  double done = 0;     ///< of the rungs before, whoever did them
  double timed = 0;    ///< of those rungs that were not complete when this process came to them
  double seconds = 0;  ///< that these took

  [[nodiscard]] std::string text() const {
    const std::string share = fmt::format("{:.0f} % done", 100 * done / planned);
    return timed > 0 ? fmt::format("{}, about {} left", share, duration_text((planned - done) * seconds / timed))
                     : share;
  }
};

void tell_rung(const Tuning& tuning, std::size_t rung, const Pace& pace) {
  std::size_t running = 0;
  for (const Trial& trial : tuning.trials) running += trial.left.size();
  tell("rung {} of {}: {} candidates of {} choices, {} images seen at its end; {}\n", rung + 1,
       tuning.rungs.images.size(), running, tuning.trials.size(), tuning.rungs.images[rung], pace.text());
}

/// What the candidates left cost on a rung.
double rung_cost(const Tuning& tuning, std::size_t rung) {
  const std::int64_t before = rung == 0 ? 0 : tuning.rungs.images[rung - 1];
  double cost = 0;
  for (const Trial& trial : tuning.trials)
    for (const std::size_t candidate : trial.left)
      cost += price(trial.cell, trial.candidates[candidate].options, tuning.experiment.tune->pass_back);
  return cost * static_cast<double>(tuning.rungs.images[rung] - before);
}

bool has_complete_results(const std::filesystem::path& rung) {
  const std::optional<Manifest> begun = find_manifest(rung);
  return begun && complete_results(rung, begun->configuration);
}

}  // namespace

int tune_experiment(const RunOptions& options, Communicator& communicator) {
  const bool leads = communicator.rank() == 0;
  std::vector<std::string> digests;
  const Briefing briefing =
      brief(communicator, [&](Briefing&) { digests = digests_of_unseen(prepare_tuning(options)); });
  if (briefing.code != exit_code::success) {
    if (leads) tell("dpsbench: {}\n", briefing.error);
    return briefing.code;
  }
  Tuning tuning = prepare_tuning(options);
  Pace pace;
  for (const Trial& trial : tuning.trials) pace.planned += trial.planned_cost;
  for (std::size_t rung = 0; rung < tuning.rungs.images.size(); ++rung) {
    if (leads && !options.quiet) tell_rung(tuning, rung, pace);
    const double cost = rung_cost(tuning, rung);
    RunOptions of_rung = options;
    of_rung.output = rung_folder(options.output, rung);
    of_rung.overrides.clear();
    const auto experiment = std::make_shared<const Experiment>(
        rung_experiment(tuning.experiment, tuning.trials, tuning.rungs, tuning.positions, rung));
    of_rung.given = experiment;
    const bool was_complete = leads && has_complete_results(of_rung.output);
    const auto started = std::chrono::steady_clock::now();
    const int code = run_experiment(of_rung, communicator);
    if (code != exit_code::success && code != exit_code::failed_images) return code;
    pace.done += cost;
    if (!was_complete) {
      pace.timed += cost;
      pace.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    }
    if (leads) conclude_rung(*experiment, tuning.shape, of_rung.output, rung, tuning.trials);
    take_who_is_left(broadcast_text(communicator, leads ? who_is_left(tuning.trials) : ""), tuning.trials);
  }
  if (!leads) return exit_code::success;
  const std::filesystem::path file = options.output / "tuned.yaml";
  write_durably(file, as_bytes(to_text(chosen_presets(tuning, digests, options.output))));
  write_trial_report(tuning.trials, find_metric(tuning.experiment.tune->metric), options.output);
  tell("presets: {}; what was tried: {}\n", file.string(), (options.output / "tables").string());
  return exit_code::success;
}

}  // namespace dpsbench
