#include <charconv>
#include <sstream>

#include "core/error.h"
#include "priors/prior_kind.h"
#include "priors/torchscript/prior.h"

namespace dpsbench {
namespace {

const std::vector<OptionSpec>& network_conventions() {
  static const std::vector<OptionSpec> options = {
      {"channels", std::int64_t{3}, "of an image", 1, 16},
      {"height", std::int64_t{64}, "of an image, pixels", 1, 4096},
      {"width", std::int64_t{64}, "of an image, pixels", 1, 4096},
      {.name = "predicts",
       .default_value = "eps",
       .description = "what the network answers: the noise, x_0, v, a straight path's velocity x_0 - eps, EDM's D",
       .choices = {"eps", "x0", "v", "velocity", "edm"}},
      {.name = "input",
       .default_value = "preserving",
       .description =
           "what it is given: preserving, x_t; exploding, x_t / sqrt(alpha_bar). Of edm always exploding, of "
           "velocity t x_0 + (1 - t) eps with t = 1 / (1 + sigma)",
       .choices = {"preserving", "exploding"}},
      {.name = "conditioned_on",
       .default_value = "timestep",
       .description =
           "the number it is told: step of the schedule from 0, sigma, log(sigma) / 4, or time t, 1 at the image",
       .choices = {"timestep", "sigma", "log_sigma_over_4", "time"}},
      {.name = "schedule",
       .default_value = "linear",
       .description = "of the noise: linear and scaled_linear from beta_first to beta_last, cosine, sigmas from "
                      "sigma_least to sigma_greatest as EDM spaces them, or table, the betas themselves",
       .choices = {"linear", "scaled_linear", "cosine", "sigmas", "table"}},
      {"schedule_steps", std::int64_t{1000}, "of the schedule; a table has its own", 2, 100000},
      {"betas", "", "of a table, the least noisy step's first: a list, or a file of numbers, .npy [N] or text"},
      {"beta_first", 1e-4, "of the least noisy step", 1e-8, 0.999},
      {"beta_last", 0.02, "of the noisiest step", 1e-8, 0.999},
      {"sigma_least", 0.002, "smallest noise, in units of [-1, 1] images", 1e-6, 1e6},
      {"sigma_greatest", 80.0, "greatest noise", 1e-6, 1e6},
      {"clip", true, "whether estimates of x_0 are clamped to [-1, 1], as image networks' are"}};
  return options;
}

ImageShape shape_of(const OptionValues& values) {
  return {values.integer("channels"), values.integer("height"), values.integer("width")};
}

/// The numbers of a table's text, "0.0001 0.00012".
NoiseSchedule schedule_of_table(const std::string& text) {
  if (text.empty()) throw UserError("betas: schedule: table needs them: a list, or a file of numbers");
  std::istringstream words(text);
  std::vector<double> betas;
  for (std::string word; words >> word;) {
    double beta = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), beta);
    if (error != std::errc() || end != word.data() + word.size()) throw UserError("betas: '{}' is no number", word);
    betas.push_back(beta);
  }
  return NoiseSchedule::of_betas(betas);
}

NoiseSchedule schedule_of(const OptionValues& values) {
  const std::int64_t steps = values.integer("schedule_steps");
  const double first = values.real("beta_first");
  const double last = values.real("beta_last");
  const double least = values.real("sigma_least");
  const double greatest = values.real("sigma_greatest");
  if (!(first <= last)) throw UserError("beta_first: {} is above beta_last, {}", first, last);
  if (!(least < greatest)) throw UserError("sigma_least: {} is not below sigma_greatest, {}", least, greatest);
  const std::string& name = values.word("schedule");
  const std::string& betas = values.word("betas");
  if (name == "table") return schedule_of_table(betas);
  if (!betas.empty()) throw UserError("betas: schedule is '{}'; betas of one's own need schedule: table", name);
  if (name == "cosine") return NoiseSchedule::cosine(steps);
  if (name == "sigmas") return NoiseSchedule::of_sigmas(least, greatest, steps);
  return name == "linear" ? NoiseSchedule::linear(steps, first, last)
                          : NoiseSchedule::scaled_linear(steps, first, last);
}

}  // namespace

PriorKind torchscript_kind() {
  return {.name = "torchscript",
          .title = "a network of your own, as torch.jit.save writes it",
          .file_key = "file",
          .file_content = "the network (TorchScript)",
          .made_of_file = true,
          .shape_of_file = false,
          .is_network = true,
          .remark = "a TorchScript file runs code of its own: use those whose origin you trust",
          .options = network_conventions(),
          .shape =
              [](const PriorSpec& spec) {
                const OptionValues values(network_conventions(), spec.options);
                static_cast<void>(schedule_of(values));
                return shape_of(values);
              },
          .make =
              [](const PriorSpec& spec, const FileBytes* file, const TensorOptions& options, Torso torso) {
                const OptionValues values(network_conventions(), spec.options);
                const NetworkConvention convention{values.word("predicts"), values.word("input"),
                                                   values.word("conditioned_on")};
                return std::make_unique<TorchScriptPrior>(*file, convention, schedule_of(values), shape_of(values),
                                                          values.flag("clip"), options, torso == Torso::tf32);
              }};
}

}  // namespace dpsbench
