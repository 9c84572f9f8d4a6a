#include "priors/autoencoder/checkpoint.h"

#include <algorithm>

#include "core/error.h"
#include "priors/checkpoints/stored_parameters.h"

namespace dpsbench {
namespace {

/// latent-diffusion's names are those of Ho's network, which its layers are, diffusers' those of its own.
NamingConvention convention_of(const std::vector<std::string>& names, const std::string& before) {
  for (const NamingConvention& convention : {diffusers_names(), old_diffusers_names()})
    if (std::ranges::find(names, before + "encoder." + convention.telltale) != names.end()) return convention;
  const bool has_blocks = std::ranges::any_of(
      names, [&](const std::string& name) { return name.starts_with(before + "encoder.mid_block."); });
  return has_blocks ? diffusers_names() : ddpm_names();
}

/// What stands before all names of the autoencoder's parameters, such as "first_stage_model.".
std::string what_is_before(const SafetensorsFile& file) {
  const std::string first = "encoder.conv_in.weight";
  for (const std::string& name : file.names())
    if (name == first || name.ends_with("." + first)) return name.substr(0, name.size() - first.size());
  throw DataError("'{}' holds no autoencoder: no name in it is, or ends with, {}", file.path(), first);
}

}  // namespace

AutoencoderParameters autoencoder_parameters(const AutoencoderOptions& any_options, const SafetensorsFile& file) {
  const AutoencoderOptions options = checked(any_options);
  const std::string before = what_is_before(file);
  const NamingConvention convention = convention_of(file.names(), before);
  const auto load_half = [&](const std::string& name, const AutoencoderHalf& half) {
    const std::vector<ParameterSpec> specs = half_parameters(options, half);
    const std::string start = before + name;
    return load_parameters(specs, file,
                           stored_parameters(layer_options(options), half.layers, specs, convention, start),
                           [&](const std::string& other) { return !other.starts_with(start); });
  };
  AutoencoderParameters parameters{
      load_half("encoder.", encoder_structure(options)), load_half("decoder.", decoder_structure(options)), {}};
  for (const auto& [name, shape] : between_parameters(options))
    parameters.between[name] = file.require(before + name, shape);
  const std::string codebook = "quantize.embedding.weight";
  if (!options.has_codebook() && file.contains(before + codebook))
    throw DataError("'{}' holds an autoencoder with a codebook, {}; wanted one whose latents are normal", file.path(),
                    before + codebook);
  return parameters;
}

std::vector<ParameterSpec> between_parameters(const AutoencoderOptions& options) {
  const std::int64_t moments = options.moment_channels();
  const std::int64_t latents = options.latent_channels;
  std::vector<ParameterSpec> specs = {{"quant_conv.weight", {moments, moments, 1, 1}},
                                      {"quant_conv.bias", {moments}},
                                      {"post_quant_conv.weight", {latents, latents, 1, 1}},
                                      {"post_quant_conv.bias", {latents}}};
  if (options.has_codebook()) specs.push_back({"quantize.embedding.weight", {options.codes, latents}});
  return specs;
}

std::map<std::string, Tensor> stored_autoencoder(const AutoencoderOptions& options,
                                                 const AutoencoderParameters& parameters) {
  std::map<std::string, Tensor> stored;
  const auto store_half = [&](const std::string& name, const AutoencoderHalf& half, const UNetParameters& from) {
    const std::vector<ParameterSpec> specs = half_parameters(options, half);
    for (const auto& [ours, kept] : stored_parameters(layer_options(options), half.layers, specs, ddpm_names(), name)) {
      const std::vector<Tensor> rows = from.at(ours).chunk(static_cast<std::int64_t>(kept.names.size()), 0);
      for (std::size_t k = 0; k < rows.size(); ++k) stored[kept.names[k]] = rows[k].detach().contiguous();
    }
  };
  store_half("encoder.", encoder_structure(options), parameters.encoder);
  store_half("decoder.", decoder_structure(options), parameters.decoder);
  for (const auto& [name, tensor] : parameters.between) stored[name] = tensor.detach().contiguous();
  return stored;
}

}  // namespace dpsbench
