#include "priors/checkpoints/latent_diffusion_names.h"

#include <algorithm>

namespace dpsbench {
namespace {

const std::string network_before = "model.diffusion_model.";
const std::string context_name = "context";

/// "input_blocks.0.0.weight" -> "model_ema.diffusion_modelinput_blocks00weight"
std::string average_name(const std::string& name) {
  std::string without_dots = "diffusion_model" + name;
  std::erase(without_dots, '.');
  return "model_ema." + without_dots;
}

}  // namespace

bool has_latent_diffusion_names(const SafetensorsFile& file) {
  return file.contains(network_before + "time_embed.0.weight");
}

UNetParameters latent_diffusion_parameters(const UNetOptions& options, const SafetensorsFile& file, bool average) {
  const bool averaged = average && file.contains(average_name("time_embed.0.weight"));
  StoredParameters stored;
  for (const auto& [name, shape] : unet_parameters(options))
    stored[name] = {{name == context_name ? name : averaged ? average_name(name) : network_before + name}};
  const std::string of_network = averaged ? "model_ema.diffusion_model" : network_before;
  return load_unet_parameters(options, file, stored,
                              [&](const std::string& name) { return !name.starts_with(of_network); });
}

}  // namespace dpsbench
