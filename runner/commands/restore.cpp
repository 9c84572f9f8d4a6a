#include <ATen/core/grad_mode.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/latent/latent_view.h"
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
#include "runner/experiment/sigma_y_remark.h"
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
  bool force = false;
  bool exact_size = false;
  std::string device = "auto";
  int threads = 1;
};

/// Methods that follow a measurement closely under any prior, in the order of preference where none is named.
struct DefaultMethod {
  const char* name;
  std::int64_t steps;
};
constexpr std::array default_methods = {DefaultMethod{"latent-daps", 50}, DefaultMethod{"ddrm", 100},
                                        DefaultMethod{"daps", 100}};

/// The method asked for, or the first of the default ones that serves the task; that is said.
const MethodEntry& chosen_method(RestoreOptions& options, const TaskEntry& task, const PriorSpec& prior) {
  if (!options.method.empty()) return find_method(options.method);
  for (const auto& [name, steps] : default_methods) {
    const MethodEntry& method = find_method(name);
    if (!incompatibility(method, task, known_posteriors(prior), sampled_by(prior)).empty()) continue;
    const bool sets_steps =
        std::ranges::any_of(options.method_options, [](const std::string& word) { return word.starts_with("steps="); });
    if (options.preset.empty() && !sets_steps) options.method_options.push_back(fmt::format("steps={}", steps));
    say("method: {} ({}), as none is named; --method NAME takes another\n", name,
        fmt::join(options.method_options, " "));
    return method;
  }
  throw UserError("task '{}': none of the default methods serves it; name one with --method (dpsbench methods)",
                  task.name);
}

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
    const Tensor y = own.y.expand(sizes).contiguous();
    std::optional<LatentView> view;
    view_latents(view, prior, *own.op, y);
    const Tensor x =
        view ? view->decoded(method.sample(view->problem(prior, schedule, options.sigma_y, noise), watching))
             : method.sample({prior, schedule, *own.op, y, options.sigma_y, noise}, watching);
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

void restore(RestoreOptions options) {
  const at::NoGradGuard no_grad;
  if (const auto earlier = earlier_restoration(options.output); !options.force && !earlier.empty())
    throw UserError(
        "{}: is of an earlier restoration; give another --output folder, or --force to replace its pictures",
        earlier.string());
  const TaskEntry& task = find_task(options.task);
  const PriorSpec spec = read_prior_file(options.prior);
  const MethodEntry& method = chosen_method(options, task, spec);
  if (const std::string reason = incompatibility(method, task, known_posteriors(spec), sampled_by(spec));
      !reason.empty())
    throw UserError("{}", reason);
  const OptionValues task_values(task.options, read_option_words(task.options, options.task_options, "--task-option"));
  const OptionValues values = method_values(options, method, task);
  if (chooses_by_original(method, values))
    throw UserError("select: oracle chooses by the original, which a picture of your own comes without");
  if (!method.given_original.empty())
    throw UserError("--method {}: it is given the original, which a picture of your own comes without", method.name);
  check_options(method, values);
  const auto sampler = method.make(values);
  require_prior_file(spec);
  const at::Device device = choose_device(options.device, 0);
  fix_numerics(device, options.threads);
  require_right_numbers(device);
  const TensorOptions type = TensorOptions().dtype(at::kFloat).device(device);
  const OwnMeasurement own =
      read_own_measurement(task, task_values, prior_shape(spec), options.measurement, options.mask,
                           options.exact_size ? OtherSizes::refused : OtherSizes::resampled, type);
  if (!own.fitted.empty())
    say("{}: {}, which is what task '{}' measures of this prior's images; noise is resampled with it, and "
        "--sigma-y is of what is left\n",
        options.measurement, own.fitted, task.name);
  if (const std::string remark = sigma_y_remark(options.sigma_y); !remark.empty()) tell("warning: {}\n", remark);
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
  if (const std::string warning = misfit_warning(restoration.misfits); !warning.empty()) tell("warning: {}\n", warning);
}

void add_sampling_options(CLI::App& command, RestoreOptions& options) {
  command.add_option("--method", options.method,
                     "The sampler ('dpsbench methods' lists them); where none is named, ddrm, or daps where ddrm does "
                     "not serve the task");
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
  command->add_flag("--exact-size", options->exact_size,
                    "Refuse a picture of another size than the task measures, and do not resample it");
  command->add_option("--output", options->output, "Folder for the pictures")->required();
  command->add_flag("--force", options->force, "Replace the pictures of an earlier call in that folder");
  command->footer(
      "Examples:\n"
      "  dpsbench restore --task super_resolution --task-option scale=4 --measurement small.png \\\n"
      "      --prior experiments/quickstart.yaml --output restored\n"
      "  dpsbench restore --task inpainting --mask mask.png --measurement torn.png --method ddrm \\\n"
      "      --set steps=50 --prior experiments/quickstart.yaml --output restored\n"
      "Writes sample-1.png ..., mean.png, deviation.png (its scale is printed) and contact_sheet.png. No original is\n"
      "needed. A sample that fits differs from the measurement by about 1 sigma_y; more than 2 is warned of: the "
      "method\n"
      "did not follow the measurement, or the task or sigma_y is not what degraded the picture.\n"
      "A picture of another size than the task measures of the prior's images (super resolution by 4 of a 256 x 256\n"
      "prior: 64 x 64) is cut to its middle and resampled, which is said; with 'tiles' in the prior block\n"
      "the prior is one of larger pictures. A file holds no value outside of black and white: noise there is cut off.\n"
      "It is taken to be Gaussian, whatever the file says of noise. Photographs are turned as their EXIF orientation "
      "tells.\n"
      "Masks and blur kernels that a task draws at random are not your picture's: give a mask with --mask; pictures\n"
      "with motion blur, and tasks that measure no picture (phase_retrieval, compressed_sensing), are refused.");
  command->callback([options] { restore(*options); });
}

}  // namespace dpsbench
