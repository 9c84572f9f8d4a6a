#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/latent/latent_prior.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"
#include "runner/commands/written_words.h"
#include "runner/experiment/coding_price.h"
#include "runner/experiment/prior_block.h"
#include "runner/price/estimate.h"
#include "runner/price/makespan.h"
#include "runner/price/scaling.h"
#include "runner/ranks/progress.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

struct PlanOptions {
  std::vector<std::string> experiments;
  std::vector<std::string> overrides;
  std::vector<int> ranks = {1};
  std::string measured;        ///< an output folder
  std::string measured_prior;  ///< the experiment file it was made with
  double evaluations_per_second = 0;
  bool measure = false;
  std::string device = "auto";
};

/// The images' shape: as the data set says, else as the prior has it.
ImageShape planned_shape(const Experiment& experiment) {
  const DatasetSpec& dataset = experiment.dataset;
  return dataset.size > 0 ? ImageShape{dataset.channels, dataset.size, dataset.size} : prior_shape(experiment.prior);
}

/// How many images there are: by looking where they are there, else by what the experiment says.
std::int64_t planned_images(const Experiment& experiment) {
  std::error_code error;
  if (std::filesystem::exists(experiment.dataset.path, error)) return Dataset::open(experiment.dataset).size();
  return count_images(experiment.dataset);
}

/// Forward passes a second of one rank, image by image, timed on the prior itself.
double measured_rate(const Experiment& experiment, const std::string& wanted_device) {
  require_prior_file(experiment.prior);
  const at::Device device = choose_device(wanted_device, 0);
  fix_numerics(device, 1);
  Experiment settled = experiment;
  settle_precision(settled, device);
  const auto made =
      make_prior(experiment.prior, TensorOptions().dtype(at::kFloat).device(device), torso_of(settled.precision));
  const Prior* prior = &sampled_prior(*made);
  const at::NoGradGuard no_grad;
  const Tensor x = at::zeros(prior->shape().batch(experiment.batch), prior->options());
  const NoiseLevel level = NoiseSchedule::linear().level(500);
  const auto evaluate = [&] { static_cast<void>(prior->evaluate(x, level, Gradient::none).eps.sum().item<float>()); };
  evaluate();  // the first pass also allocates
  constexpr double long_enough = 2;
  const auto started = std::chrono::steady_clock::now();
  double seconds = 0;
  double passes = 0;
  while (seconds < long_enough) {
    evaluate();
    ++passes;
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  return passes * static_cast<double>(experiment.batch) / seconds;
}

std::string bytes_text(double bytes) {
  for (const char* unit : {"B", "kB", "MB", "GB"}) {
    if (bytes < 1000) return fmt::format("{:.3g} {}", bytes, unit);
    bytes /= 1000;
  }
  return fmt::format("{:.3g} TB", bytes);
}

void print_cells(const Experiment& experiment, const Plan& plan) {
  std::size_t width = 4;
  for (const Cell& cell : plan.cells) width = std::max(width, cell.id.size());
  std::vector<std::size_t> units(plan.cells.size());
  for (const Unit& unit : plan.units) ++units[unit.cell];
  say("{:<{}}  {:>6}  {:>22}  {:>16}\n", "cell", width, "units", "evaluations an image", "backward passes");
  for (std::size_t k = 0; k < plan.cells.size(); ++k) {
    const Cost cost = plan.cells[k].cost(experiment.samples);
    say("{:<{}}  {:>6}  {:>22.0f}  {:>16.0f}\n", plan.cells[k].id, width, units[k], cost.forward, cost.backward);
  }
}

/// Constants that nobody published for the task: those of the nearest task serve it.
void print_borrowed_presets(const Plan& plan) {
  std::set<std::string> lines;
  for (const Cell& cell : plan.cells)
    if (cell.preset_source.starts_with("no published value"))
      lines.insert(fmt::format("  {}, preset {}, on {}: {}", cell.method->name, cell.preset, cell.task->name,
                               cell.preset_source));
  if (!lines.empty()) say("\nconstants borrowed from another task:\n{}\n", fmt::join(lines, "\n"));
}

void print_remarks(const Plan& plan) {
  const std::vector<std::string> lines = plan_remarks(plan);
  if (!lines.empty()) say("\nto look at:\n  {}\n", fmt::join(lines, "\n  "));
}

/// Whether a preset's constants can be brought to another number of steps.
bool scales_with_steps(const Experiment& experiment, const Cell& cell) {
  if (cell.preset == tuned_preset) return false;
  return scales_with(find_preset(*cell.method, cell.preset, cell.task->name, preset_dataset(experiment.dataset)),
                     ScalesWith::steps);
}

/// Presets whose constants are for another number of steps, and where `scaled` would bring them here.
void print_steps_of_presets(const Experiment& experiment, const Plan& plan) {
  std::set<std::string> lines;
  for (const Cell& cell : plan.cells) {
    if (!cell.preset_steps || !cell.method_options.all().contains("steps")) continue;
    const std::int64_t steps = cell.method_options.integer("steps");
    if (steps == *cell.preset_steps) continue;
    const bool is_scaled = cell.preset_label.find("scaled with steps") != std::string::npos;
    const char* remark = is_scaled                             ? ", scaled"
                         : scales_with_steps(experiment, cell) ? "; 'scaled: steps' would bring them here"
                                                               : "";
    lines.insert(fmt::format("  {}, preset {}, on {}: for {} steps, here {}{}", cell.method->name, cell.preset,
                             cell.task->name, *cell.preset_steps, steps, remark));
  }
  if (!lines.empty()) say("\npresets for another number of steps:\n{}\n", fmt::join(lines, "\n"));
}

/// What goes through the autoencoder, and what that is beside the evaluations.
void print_coding(const Experiment& experiment, const Plan& plan) {
  CodingCost sum;
  for (const Cell& cell : plan.cells) sum += cell.coding(experiment.samples).times(static_cast<double>(plan.images));
  const CodingPrice price = coding_price(experiment.prior);
  say("decodings: {:.0f}, back: {:.0f}, encodings: {:.0f}, back: {:.0f} (at most: descents may end early)\n",
      sum.decodings, sum.decodings_back, sum.encodings, sum.encodings_back);
  if (price.decoding > 0)
    say("a decoding costs as much as {:.2f} evaluations, an encoding {:.2f}: {:.4g} evaluations in all\n",
        price.decoding, price.encoding, price.of(sum, 1));
}

/// Cost counts a pass back through the network as one evaluation.
void print_times(const Plan& plan, int ranks, double rate, bool of_latents) {
  const Makespan makespan = simulate_makespan(plan.costs(), ranks);
  const auto line = [&](const char* name, double cost) {
    const double against_ideal = makespan.ideal > 0 ? cost / makespan.ideal : 1;
    if (rate > 0)
      say("  {:<34} {:>12}   {:.2f} x ideal\n", name, duration_text(cost / rate), against_ideal);
    else
      say("  {:<34} {:>12.4g} evaluations   {:.2f} x ideal\n", name, cost, against_ideal);
  };
  say("\nuntil {} rank{} end{} (a backward pass counted as one evaluation{}{}):\n", ranks, ranks == 1 ? "" : "s",
      ranks == 1 ? "s" : "", of_latents ? ", decodings in evaluations" : "",
      rate > 0 ? fmt::format("; {:.4g} evaluations a second and rank", rate) : "");
  line("largest units first, as run does", makespan.dynamic);
  line("fixed equal split", makespan.fixed_split);
  line("ideal", makespan.ideal);
  if (rate <= 0) say("  in time: give --evaluations-per-second, or --measure where the weights are\n");
}

/// Operations of one evaluation of an experiment's prior; a mixture's count as one.
double evaluation_operations(const Experiment& experiment) {
  if (experiment.prior.kind != "unet") return 1;
  return unet_operations(network_options(experiment.prior)) *
         static_cast<double>(passes_of_an_evaluation(experiment.prior));
}

/// Several experiments as one sweep, for several numbers of ranks.
void print_sweep(const PlanOptions& options) {
  std::optional<MeasuredRates> rates;
  double measured_operations = 1;
  if (!options.measured.empty()) {
    rates.emplace(options.measured);
    measured_operations = evaluation_operations(read_experiment(options.measured_prior));
  }
  Sweep sweep;
  std::size_t cells = 0;
  for (const std::string& file : options.experiments) {
    const Experiment experiment = read_experiment(file, options.overrides);
    const Plan plan = make_plan(experiment, planned_shape(experiment), planned_images(experiment));
    sweep.add(plan, evaluation_operations(experiment), rates, measured_operations);
    cells += plan.cells.size();
  }
  say("{} experiments, {} cells, {} units\n", options.experiments.size(), cells, sweep.actual.size());
  print_scaling(sweep, options.ranks, rates.has_value());
}

void print_plan(const PlanOptions& options) {
  if (options.experiments.size() > 1 || options.ranks.size() > 1 || !options.measured.empty())
    return print_sweep(options);
  const Experiment experiment = read_experiment(options.experiments.front(), options.overrides);
  for (const std::string& text : options.overrides) say("set {}\n", text);
  const ImageShape shape = planned_shape(experiment);
  const Plan plan = make_plan(experiment, shape, planned_images(experiment));
  const Estimate sum = estimate(experiment, shape, plan);
  print_cells(experiment, plan);
  print_borrowed_presets(plan);
  print_remarks(plan);
  print_steps_of_presets(experiment, plan);
  say("\n{} cells, {} units of up to {} images, {} images of {} x {} x {}\n", plan.cells.size(), plan.units.size(),
      experiment.batch, plan.images, shape.channels, shape.height, shape.width);
  say("network evaluations: {:.0f}, backward passes: {:.0f} (image by image)\n", sum.network_evaluations,
      sum.backward_passes);
  if (const std::int64_t passes = passes_of_an_evaluation(experiment.prior); passes > 1)
    say("an evaluation is {} passes of the network, one a tile\n", passes);
  if (experiment.prior.autoencoder) print_coding(experiment, plan);
  say("disk: {} (units and results.h5, before compression)\n", bytes_text(sum.disk_bytes));
  say("memory of a rank: about {} (weights and activations of one batch)\n", bytes_text(sum.memory_bytes));
  const double rate = options.measure ? measured_rate(experiment, options.device) : options.evaluations_per_second;
  print_times(plan, options.ranks.front(), rate, experiment.prior.autoencoder.has_value());
  if (experiment.batch_from_memory)
    say("batch: auto, here taken as {}; run chooses what the memory allows\n", experiment.batch);
  try {
    require_inputs(experiment);
  } catch (const UserError& error) {
    say("\nnot ready to run: {}\n", error.what());
  }
}

}  // namespace

void add_plan_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("plan", "Show what an experiment would cost, without running it");
  const auto options = std::make_shared<PlanOptions>();
  command
      ->add_option("EXPERIMENT", options->experiments,
                   "Experiment file (YAML), or several to plan as one sweep; data and weights need not be there")
      ->required();
  command->add_option("--set", options->overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--ranks", options->ranks, "Predict the time for so many ranks; several: 8,64,256 compares them")
      ->delimiter(',')
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  auto* measured = command->add_option("--measured", options->measured,
                                       "Output folder of a run whose units tell how long each method takes");
  measured->needs(command->add_option("--measured-experiment", options->measured_prior,
                                      "The experiment file of that run: says how large its network is"));
  auto* rate = command
                   ->add_option("--evaluations-per-second", options->evaluations_per_second,
                                "Forward passes a second of one rank, counted image by image")
                   ->check(above_zero(1e12));
  command->add_flag("--measure", options->measure, "Time the prior on this machine instead")->excludes(rate);
  command->add_option("--device", options->device, "Where --measure runs: auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command->callback([options] { print_plan(*options); });
}

}  // namespace dpsbench
