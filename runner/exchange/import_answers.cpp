#include "runner/exchange/import_answers.h"

#include <algorithm>
#include <deque>

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/exchange/export_problems.h"
#include "runner/exchange/imported_method.h"
#include "runner/exchange/tried_apart.h"
#include "runner/ranks/exit_code.h"
#include "runner/work/run.h"

namespace dpsbench {
namespace {

constexpr double rounding = 1e-5;  // of measurements, between processors

/// Answers to one problem.
struct Answered {
  ExportedProblem problem;
  Answers answers;
};

std::vector<Answered> read_all(const ImportOptions& options, const ProblemFolder& folder) {
  std::vector<Answered> all;
  for (const std::string& stem : folder.stems) {
    const std::filesystem::path file = find_answers(options.answers, stem);
    if (file.empty()) continue;
    const std::filesystem::path of_problem = options.problems / (stem + ".h5");
    try_apart(of_problem, [&] { static_cast<void>(read_problem(of_problem)); });
    ExportedProblem problem = read_problem(of_problem);
    Answers answers = read_answers(file, problem, options.range);
    if (!all.empty() && answers.samples.size(1) != all.front().answers.samples.size(1))
      throw UserError("{}: {} samples an image, {} in {}: one output holds one number of them", file.string(),
                      answers.samples.size(1), all.front().answers.samples.size(1), all.front().answers.file.string());
    all.push_back({std::move(problem), std::move(answers)});
  }
  if (all.empty())
    throw UserError(
        "{}: no answer to any problem of {}; expected are {} files like {}.h5 (or .pt, .npy, or a folder "
        "{} of PNG)",
        options.answers.string(), options.problems.string(), folder.stems.size(), folder.stems.front(),
        folder.stems.front());
  return all;
}

/// The settings of an experiment as problems, to be held against those that were exported.
void require_same_problems(const Station& station, const std::vector<Answered>& answered) {
  const std::vector<Cell> cells = expand_cells(station.experiment, station.prior->shape());
  const std::vector<const Cell*> settings = settings_of_cells(cells);
  for (const Answered& one : answered) {
    const std::string content = setting_content(one.problem.task, one.problem.sigma_y);
    const std::string stem = problem_stem(one.problem.task, one.problem.sigma_y);
    const auto found = std::ranges::find_if(
        settings, [&](const Cell* cell) { return setting_content(cell->task_state(), cell->sigma_y) == content; });
    if (found == settings.end())
      throw UserError("{}: has no setting of the problem {}", station.experiment.file.string(), stem);
    const ExportedProblem now = problem_of(station, **found);
    const bool same = now.dataset == one.problem.dataset && now.seed == one.problem.seed &&
                      now.image_ids == one.problem.image_ids &&
                      now.measurement.sizes() == one.problem.measurement.sizes() &&
                      (now.measurement - one.problem.measurement).abs().max().item<double>() <= rounding;
    if (!same)
      throw UserError(
          "{} gives other measurements than the problem {} has: it is not the experiment that was exported, "
          "or its images have changed",
          station.experiment.file.string(), stem);
  }
}

/// The experiment whose methods are the answers.
Experiment experiment_of_answers(const Experiment& exported, const std::vector<Answered>& answered,
                                 const std::deque<MethodEntry>& entries) {
  Experiment experiment = exported;
  experiment.methods.clear();
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const ExportedProblem& problem = answered[k].problem;
    experiment.methods.push_back({.entry = &entries[k],
                                  .scans = {},
                                  .preset = {},
                                  .tasks = {problem.task.name},
                                  .scaled = {},
                                  .place = answered[k].answers.file.string(),
                                  .settings = {setting_content(problem.task, problem.sigma_y)}});
  }
  std::erase_if(experiment.tasks, [&](const TaskRequest& task) {
    return std::ranges::none_of(answered,
                                [&](const Answered& one) { return one.problem.task.name == task.entry->name; });
  });
  experiment.samples = answered.front().answers.samples.size(1);
  experiment.trajectory = {};
  experiment.table_layouts.clear();
  experiment.presets.reset();
  experiment.tune.reset();
  return experiment;
}

}  // namespace

int import_answers(const ImportOptions& options, Communicator& communicator) {
  const ProblemFolder folder = read_problem_folder(options.problems);
  const std::vector<Answered> answered = read_all(options, folder);
  RunOptions run{.experiment = options.experiment.empty() ? folder.experiment : options.experiment,
                 .output = options.output,
                 .overrides = folder.overrides,
                 .device = "cpu",
                 .quiet = options.quiet};
  const Station station = set_up_station(run, communicator.local_rank());
  require_same_problems(station, answered);
  std::deque<MethodEntry> entries;
  for (const Answered& one : answered) {
    entries.push_back(imported_method(options.label, one.problem, one.answers));
    if (communicator.rank() == 0)
      for (const std::string& remark : one.answers.remarks) tell("note: {}\n", remark);
  }
  run.given = std::make_shared<const Experiment>(experiment_of_answers(station.experiment, answered, entries));
  run.overrides.clear();
  return run_experiment(run, communicator);
}

}  // namespace dpsbench
