#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/remarks.h"
#include "priors/registry.h"
#include "results/files/durable_file.h"
#include "runner/afterwards/own_measurement.h"
#include "runner/afterwards/restored_pictures.h"
#include "runner/commands/commands.h"
#include "runner/commands/written_words.h"
#include "runner/experiment/option_words.h"
#include "runner/experiment/presets.h"
#include "runner/experiment/prior_block.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"
#include "runner/station/device.h"
#include "runner/station/self_test.h"

namespace dpsbench {
namespace {

struct RestoreOptions {
  std::string task;
  std::vector<std::string> task_options;
  std::string measurement;
  std::string mask;
  double sigma_y = 0.05;
  std::string method;
  std::string preset;
  std::string family;
  std::vector<std::string> method_options;
  std::string prior;
  std::int64_t samples = 4;
  std::int64_t batch = 4;
  std::uint64_t seed = 0;
  std::string output;
  std::string device = "auto";
  int threads = 1;
};

/// The method's options: those of the preset, then those of --set.
OptionValues method_values(const RestoreOptions& options, const MethodEntry& method, const TaskEntry& task) {
  std::map<std::string, OptionValue> given;
  if (!options.preset.empty()) {
    const Preset preset = find_preset(method, options.preset, task.name, {"", options.family});
    say("preset {} of {}: {}\n", options.preset, method.name, preset.source);
    given = preset.options;
  }
  for (const auto& [name, value] : read_option_words(method.options, options.method_options, "--set"))
    given[name] = value;
  return {method.options, given};
}

/// Root mean square of A x - y over what is measured, in units of sigma_y.
double misfit(const OwnMeasurement& own, const Tensor& x, double sigma_y) {
  const Tensor residual = own.op->forward(x) - own.y;
  const Tensor measured = own.op->measured();
  const double count =
      measured.defined() ? measured.expand_as(residual).sum().item<double>() : static_cast<double>(residual.numel());
  return std::sqrt(residual.square().sum().item<double>() / count) / sigma_y;
}

void draw_samples(const RestoreOptions& options, const Prior& prior, const OwnMeasurement& own, const Method& method,
                  Restoration& restoration) {
  const NoiseSchedule schedule = prior.schedule();
  for (std::int64_t first = 0; first < options.samples; first += options.batch) {
    const std::int64_t count = std::min(options.batch, options.samples - first);
    std::vector<StreamId> streams;
    for (std::int64_t s = first; s < first + count; ++s) streams.push_back({"restore", "measurement", s + 1});
    const PhiloxNoise noise(options.seed, streams);
    std::vector<std::int64_t> sizes = own.y.sizes().vec();
    sizes[0] = count;
    StopCheck stop;
    FiniteCheck finite(50);
    ObserverChain watching({&stop, &finite});
    const Tensor x =
        method.sample({prior, schedule, *own.op, own.y.expand(sizes).contiguous(), options.sigma_y, noise}, watching);
    for (std::int64_t i = 0; i < count; ++i) {
      if (const auto trouble = finite.trouble(i)) {
        tell("sample {} is left out: {}\n", first + i + 1, *trouble);
        continue;
      }
      restoration.samples.push_back(x[i].to(at::kCPU));
      restoration.misfits.push_back(misfit(own, x[i].unsqueeze(0), options.sigma_y));
    }
    say("{} of {} samples\n", first + count, options.samples);
    std::fflush(stdout);
  }
}

void restore(const RestoreOptions& options) {
  const at::NoGradGuard no_grad;
  const TaskEntry& task = find_task(options.task);
  const MethodEntry& method = find_method(options.method);
  const PriorSpec spec = read_prior_file(options.prior);
  if (const std::string reason = incompatibility(method, task, known_posteriors(spec)); !reason.empty())
    throw UserError("{}", reason);
  const OptionValues task_values(task.options, read_option_words(task.options, options.task_options, "--task-option"));
  const OptionValues values = method_values(options, method, task);
  if (chooses_by_original(method, values))
    throw UserError("select: oracle chooses by the original, which a picture of your own comes without");
  const auto sampler = method.make(values);
  require_prior_file(spec);
  const at::Device device = choose_device(options.device, 0);
  fix_numerics(device, options.threads);
  require_right_numbers(device);
  const TensorOptions type = TensorOptions().dtype(at::kFloat).device(device);
  const OwnMeasurement own =
      read_own_measurement(task, task_values, prior_shape(spec), options.measurement, options.mask, type);
  // on a GPU a network computes as in an experiment that says nothing of its precision
  tell(remarks(spec));
  const auto prior = make_prior(spec, type, device.is_cpu() ? Torso::as_the_rest : Torso::tf32);
  make_folder(options.output);
  if (!options.mask.empty()) say("{}: {:.1f} % of the pixels are missing\n", options.mask, 100 * own.missing);

  catch_stop_signals();
  const Tensor picture = measurement_picture(*own.op, own.y)[0].to(at::kCPU);
  Restoration restoration{fmt::format("{}, {}", method.name, task.name), picture, {}, {}};
  try {
    draw_samples(options, *prior, own, *sampler, restoration);
  } catch (const Interrupted&) {
    throw CLI::RuntimeError(exit_code::stopped_early);
  }
  say("written to {}:\n", options.output);
  for (const std::string& line : write_restoration(restoration, options.output)) say("  {}\n", line);
}

void add_sampling_options(CLI::App& command, RestoreOptions& options) {
  command.add_option("--method", options.method, "The sampler ('dpsbench methods' lists them)")->required();
  command.add_option("--preset", options.preset, "Published constants of the method for this task");
  command
      .add_option("--family", options.family,
                  "What the picture is one of, where a preset has constants for it: ffhq, imagenet or other")
      ->check(CLI::IsMember(dataset_families()));
  command.add_option("--set", options.method_options, "An option of the method, NAME=VALUE; again for more")
      ->allow_extra_args(false);
  command.add_option("--prior", options.prior, "YAML file with a prior block; an experiment file will do")->required();
  command.add_option("--samples", options.samples, "How many")->check(CLI::Range(1, 10000))->capture_default_str();
  command.add_option("--batch", options.batch, "Samples at a time")->check(CLI::Range(1, 4096))->capture_default_str();
  command.add_option("--seed", options.seed, "Other samples for another number")->capture_default_str();
  command.add_option("--device", options.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "CPU threads")->check(CLI::Range(1, 1024))->capture_default_str();
}

}  // namespace

void add_restore_command(CLI::App& app) {
  const auto options = std::make_shared<RestoreOptions>();
  CLI::App* command = app.add_subcommand("restore", "Restore a degraded picture of your own: samples, mean, deviation");
  command->add_option("--task", options->task, "What degraded it ('dpsbench tasks' lists what there is)")->required();
  command->add_option("--task-option", options->task_options, "An option of the task, NAME=VALUE; again for more")
      ->allow_extra_args(false);
  command->add_option("--measurement", options->measurement, "The degraded picture, PNG or JPEG")->required();
  command->add_option("--mask", options->mask, "Inpainting: picture of the mask; white is known, black missing");
  command
      ->add_option("--sigma-y", options->sigma_y,
                   "Noise of the measurement, in units of images in [-1, 1]: 0.05 is 6.4 of 255 levels")
      ->check(above_zero(10))
      ->capture_default_str();
  add_sampling_options(*command, *options);
  command->add_option("--output", options->output, "Folder for the pictures")->required();
  command->footer(
      "Examples:\n"
      "  dpsbench restore --task super_resolution --task-option scale=4 --measurement small.png \\\n"
      "      --method dps --preset code --prior experiments/quickstart.yaml --samples 4 --output restored\n"
      "  dpsbench restore --task inpainting --mask mask.png --measurement torn.png --method ddrm \\\n"
      "      --set steps=50 --prior experiments/quickstart.yaml --output restored\n"
      "Writes sample-1.png ..., mean.png, deviation.png (its scale is printed) and contact_sheet.png, in place of "
      "those\n"
      "of an earlier call. No original is needed. A sample that fits differs from the measurement by about 1 sigma_y;\n"
      "much more: the method did not follow the measurement, or the task or sigma_y is not what degraded the picture.\n"
      "The picture must have the size that the task measures of the prior's images (super resolution by 4 of a\n"
      "256 x 256 prior: 64 x 64). A file holds no value outside of black and white: noise there is cut off.\n"
      "Masks and blur kernels that a task draws at random are not your picture's: give a mask with --mask; pictures\n"
      "with motion blur, and tasks that measure no picture (phase_retrieval, compressed_sensing), are refused.");
  command->callback([options] { restore(*options); });
}

}  // namespace dpsbench
