#include <algorithm>

#include "core/words/tell.h"
#include "metrics/parts/unit_images.h"
#include "metrics/psnr.h"
#include "runner/commands/commands.h"
#include "runner/commands/written_words.h"
#include "runner/ranks/signals.h"
#include "runner/station/station.h"

namespace dpsbench {
namespace {

struct CalibrateOptions {
  RunOptions run;
  std::int64_t image = 0;
  std::int64_t steps = 1000;
  std::vector<double> candidates = {0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0};
};

/// The experiment's super resolution task with the first value of each of its options.
const TaskRequest& super_resolution_of(const Experiment& experiment) {
  for (const TaskRequest& task : experiment.tasks)
    if (task.entry->name == "super_resolution") return task;
  throw UserError("{}: tasks: has no super_resolution, the only task whose step size dps-w caps",
                  experiment.file.string());
}

/// Restores one image once for every candidate cap lambda of dps-w, all with the same noise, and names the best.
void calibrate(const CalibrateOptions& options) {
  catch_stop_signals();
  const Station station = set_up_station(options.run, 0);
  const Experiment& experiment = station.experiment;
  if (experiment.prior.autoencoder)
    throw UserError("{}: calibrate is for priors of images, and this one is of latents", experiment.file.string());
  const TaskRequest& task = super_resolution_of(experiment);
  if (options.image < 0 || options.image >= static_cast<std::int64_t>(station.dataset.size()))
    throw UserError("--image {}: the data set has images 0 to {}", options.image, station.dataset.size() - 1);
  std::map<std::string, OptionValue> given;
  for (const OptionScan& scan : task.scans) given[scan.name] = scan.values.front();

  const std::string& id = station.dataset.id(options.image);
  const Tensor reference = station.dataset.load(options.image).unsqueeze(0).to(station.prior->options());
  const PhiloxNoise of_measurement(experiment.seed, {{experiment.dataset.name, id, 0}});
  const PhiloxNoise of_chain(experiment.seed, {{experiment.dataset.name, id, 1}});
  const auto op = task.entry->bind(OptionValues(task.entry->options, given), image_shape(reference), of_measurement,
                                   station.prior->options());
  if (experiment.noise_kind != NoiseKind::gaussian)
    throw UserError("{}: noise: {}, which dps-w does not take", options.run.experiment.string(),
                    to_text(experiment.noise_kind));
  const double sigma_y = experiment.sigma_y.front();
  const Tensor y = measure(*op, reference, sigma_y, of_measurement, false);
  const NoiseSchedule schedule = station.prior->schedule();
  const MethodEntry& dps_w = find_method("dps-w");

  say("image {}, sigma_y {}, {} steps\n{:>10}  {:>8}\n", id, sigma_y, options.steps, "lambda", "PSNR dB");
  double best = 0;
  double best_psnr = -1;
  for (const double lambda : options.candidates) {
    const OptionValues values(dps_w.options, {{"steps", options.steps}, {"lambda", lambda}});
    StopCheck stop;
    const Tensor sample = dps_w.make(values)->sample({*station.prior, schedule, *op, y, sigma_y, of_chain}, stop);
    const double quality = psnr(to_unit_range(sample), to_unit_range(reference)).item<double>();
    say("{:>10}  {:>8.3f}\n", lambda, quality);
    std::fflush(stdout);
    if (quality > best_psnr) {
      best = lambda;
      best_psnr = quality;
    }
  }
  if (best == options.candidates.front() || best == options.candidates.back())
    say("the best lies at the end of the candidates: widen them with --lambda\n");
  say("methods:\n  - {{name: dps-w, lambda: {}}}\n", best);
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  const auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = app.add_subcommand("calibrate", "Fit dps-w's cap lambda for super resolution on one image");
  command->footer(
      "lambda belongs to a data set and its network, not to a noise level: fit it once, on one image, and\n"
      "write it into the experiment file. At another number of steps dps-w multiplies it by 1000 / steps.");
  command->add_option("EXPERIMENT", options->run.experiment, "Experiment file (YAML) with a super_resolution task")
      ->required();
  command->add_option("--image", options->image, "Position of the image in the experiment's list")
      ->capture_default_str();
  command->add_option("--steps", options->steps, "Reverse steps")->check(CLI::Range(1, 1000))->capture_default_str();
  command->add_option("--lambda", options->candidates, "Candidates")
      ->delimiter(',')
      ->check(above_zero(1e12))
      ->capture_default_str();
  command->add_option("--set", options->run.overrides, "Override a key: --set a.b=c")->allow_extra_args(false);
  command->add_option("--device", options->run.device, "auto, cpu or cuda")->capture_default_str();
  command->add_option("--threads", options->run.threads, "CPU threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->callback([options] { calibrate(*options); });
}

}  // namespace dpsbench
