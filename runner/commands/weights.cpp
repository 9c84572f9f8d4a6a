#include "core/error.h"
#include "core/words/tell.h"
#include "priors/registry.h"
#include "priors/unet/parameters.h"
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
void evaluate(const EvaluationOptions& options) {
  const PriorSpec spec = read_prior_file(options.prior);
  if (spec.kind != "unet") throw UserError("{}: weights eval needs a prior of kind unet", options.prior);
  require_prior_file(spec);
  const UNetOptions network = network_options(spec);
  const UNetParameters parameters = load_unet_parameters(network, SafetensorsFile(spec.file));
  const SafetensorsFile input(options.input);
  const Tensor x = input.tensor("x").to(at::kFloat);
  const Tensor t = input.tensor("t").to(at::kFloat);
  const ImageShape shape = network.shape();
  if (x.dim() != 4 || image_shape(x) != shape || t.dim() != 1 || t.size(0) != x.size(0))
    throw DataError("{}: needs x [B, {}, {}, {}] and t [B]; has x [{}] and t [{}]", options.input, shape.channels,
                    shape.height, shape.width, fmt::join(x.sizes(), ", "), fmt::join(t.sizes(), ", "));
  write_safetensors(options.output, {{"output", unet_forward(network, parameters, x, t)}}, {});
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
  once->add_option("--input", options->input, "Safetensors with x [B, C, H, W] and t [B] (0 to 999, may be fractional)")
      ->required();
  once->add_option("--output", options->output, "Safetensors to write: output [B, 2C, H, W]")->required();
  once->callback([options] { evaluate(*options); });
}

}  // namespace dpsbench
