#include <cmath>

#include "core/error.h"
#include "core/words/tell.h"
#include "priors/checkpoints/checkpoint.h"
#include "priors/registry.h"
#include "priors/unet/unet.h"
#include "priors/weights/mapped_file.h"
#include "priors/weights/safetensors.h"
#include "priors/weights/safetensors_type.h"
#include "runner/commands/commands.h"
#include "runner/experiment/prior_block.h"

namespace dpsbench {
namespace {

struct EvaluationOptions {
  std::string prior;
  std::string input;
  std::string output;
};

void inspect(const std::string& path) {
  const SafetensorsFile file(path);
  std::int64_t numbers = 0;
  for (const std::string& name : file.names()) {
    const Tensor tensor = file.tensor(name);
    say("{:<44} {:<5} [{}]\n", name, safetensors_type_name(tensor.scalar_type()), fmt::join(tensor.sizes(), ", "));
    numbers += tensor.numel();
  }
  for (const auto& [key, value] : file.metadata()) say("# {}: {}\n", key, value);
  say("{} tensors, {} numbers, sha256 {}\n", file.names().size(), numbers, sha256_of_file(path));
}

/// One evaluation of the network at times of each image's own, which may be fractional.
void evaluate_network(const PriorSpec& spec, const EvaluationOptions& options) {
  const UNetOptions network = network_options(spec);
  const UNetParameters parameters = checkpoint_parameters(network, SafetensorsFile(spec.file));
  const SafetensorsFile input(options.input);
  const Tensor x = input.tensor("x").to(at::kFloat);
  const Tensor t = input.tensor("t").to(at::kFloat);
  const ImageShape shape = network.shape();
  if (x.dim() != 4 || image_shape(x) != shape || t.dim() != 1 || t.size(0) != x.size(0))
    throw DataError("{}: needs x [B, {}, {}, {}] and t [B]; has x [{}] and t [{}]", options.input, shape.channels,
                    shape.height, shape.width, fmt::join(x.sizes(), ", "), fmt::join(t.sizes(), ", "));
  write_safetensors(options.output, {{"output", unet_forward(network, parameters, x, t)}}, {});
}

/// The level that row `i` of the input is noised to: by `sigma`, or by the step `t` of the prior's schedule.
NoiseLevel level_of(const SafetensorsFile& input, const NoiseSchedule& schedule, std::int64_t i) {
  if (input.contains("sigma")) return schedule.level_of_sigma(input.tensor("sigma").to(at::kDouble)[i].item<double>());
  const double step = input.tensor("t").to(at::kDouble)[i].item<double>();
  NoiseLevel level = schedule.level(static_cast<std::int64_t>(step));
  level.time = step;
  return level;
}

/// One evaluation of any prior, each image at its own level: eps, x0 = u - sigma eps, and with a cotangent c the
/// gradient of <x0, c> with respect to u = x_t / sqrt(alpha_bar).
void evaluate_prior(const PriorSpec& spec, const EvaluationOptions& options) {
  const auto prior = make_prior(spec, TensorOptions().dtype(at::kFloat));
  const SafetensorsFile input(options.input);
  const bool exploding = input.contains("sigma");
  const Tensor x = input.tensor("x").to(at::kFloat);
  const Tensor levels = input.tensor(exploding ? "sigma" : "t");
  if (x.dim() != 4 || image_shape(x) != prior->shape() || levels.dim() != 1 || levels.size(0) != x.size(0))
    throw DataError("{}: needs x [B, {}, {}, {}] and sigma [B] or t [B]; has x [{}] and levels [{}]", options.input,
                    prior->shape().channels, prior->shape().height, prior->shape().width, fmt::join(x.sizes(), ", "),
                    fmt::join(levels.sizes(), ", "));
  std::map<std::string, std::vector<Tensor>> rows;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const NoiseLevel level = level_of(input, prior->schedule(), i);
    const double signal = std::sqrt(level.alpha_bar);
    const Tensor x_t = exploding ? x[i].unsqueeze(0) * signal : x[i].unsqueeze(0);
    const Evaluation at = prior->evaluate(x_t, level, Gradient::wanted);
    rows["eps"].push_back(at.eps);
    rows["x0"].push_back(x_t / signal - at.eps * level.sigma());
    if (!input.contains("cotangent")) continue;
    const Tensor cotangent = input.tensor("cotangent").to(at::kFloat)[i].unsqueeze(0);
    rows["vjp"].push_back(cotangent - at.pull_back({cotangent})[0] * (level.sigma() * signal));
  }
  std::map<std::string, Tensor> written;
  for (const auto& [name, values] : rows) written[name] = at::cat(values).contiguous();
  write_safetensors(options.output, written, {});
}

void evaluate(const EvaluationOptions& options) {
  PriorSpec spec = read_prior_file(options.prior);
  spec.autoencoder.reset();  // of latents: what is told of them
  spec.tiles.reset();        // of one tile
  require_prior_file(spec);
  if (spec.kind == "unet" && is_told_the_time(spec))
    evaluate_network(spec, options);
  else
    evaluate_prior(spec, options);
}

}  // namespace

void add_weights_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("weights", "Look at weight files and evaluate a network once");
  command->require_subcommand(1);

  CLI::App* look = command->add_subcommand("inspect", "List a safetensors file's tensors, metadata and SHA-256");
  const auto path = std::make_shared<std::string>();
  look->add_option("FILE", *path, "Safetensors file")->required();
  look->callback([path] { inspect(*path); });

  CLI::App* once = command->add_subcommand("eval", "One evaluation of a network, to check converted weights");
  const auto options = std::make_shared<EvaluationOptions>();
  once->add_option("--prior", options->prior, "YAML file with an experiment's prior block")->required();
  once->add_option(
          "--input", options->input,
          "Safetensors with x [B, C, H, W] and t [B] (0 to 999, may be fractional); of kinds other than unet x "
          "is x_t, or with sigma [B] in place of t it is x_t / sqrt(alpha_bar); cotangent [B, C, H, W]")
      ->required();
  once->add_option(
          "--output", options->output,
          "Safetensors to write: output [B, 2C, H, W]; of other kinds eps, x0 and, with a cotangent, vjp of x0")
      ->required();
  once->callback([options] { evaluate(*options); });
}

}  // namespace dpsbench
