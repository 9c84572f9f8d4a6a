#include "priors/autoencoder/spec.h"

#include <fmt/ranges.h>

#include "core/error.h"
#include "core/latent/scaled_autoencoder.h"
#include "priors/autoencoder/linear_autoencoder.h"
#include "priors/autoencoder/network_autoencoder.h"

namespace dpsbench {
namespace {

std::unique_ptr<LinearAutoencoder> components_of(const AutoencoderSpec& spec) {
  return LinearAutoencoder::of_file(SafetensorsFile(spec.file), TensorOptions().dtype(at::kFloat));
}

}  // namespace

std::vector<std::string> autoencoder_kinds() {
  std::vector<std::string> kinds = autoencoder_preset_names();
  kinds.insert(kinds.begin(), "pca");
  return kinds;
}

double usual_latent_scale(const std::string& kind) { return kind == "kl-f8" ? 0.18215 : 1; }

ImageShape image_shape(const AutoencoderSpec& spec) {
  return spec.is_linear() ? components_of(spec)->image_shape() : checked(spec.structure).image_shape();
}

ImageShape latent_shape(const AutoencoderSpec& spec) {
  return spec.is_linear() ? components_of(spec)->latent_shape() : checked(spec.structure).latent_shape();
}

std::string describe(const AutoencoderSpec& spec) {
  if (spec.is_linear()) return fmt::format("{} scale={}", spec.kind, spec.scale);
  const AutoencoderOptions& of = spec.structure;
  return fmt::format(
      "{} scale={} image_size={} in_channels={} num_channels={} channel_mult={} num_res_blocks={} latent_channels={} "
      "codes={} mid_attention={} quantizes={} norm_num_groups={} norm_eps={} downsample_padding={}",
      of.has_codebook() ? "vq" : "kl", spec.scale, of.image_size, of.in_channels, of.num_channels,
      fmt::join(of.channel_mult, ","), of.num_res_blocks, of.latent_channels, of.has_codebook() ? of.codes : 0,
      of.mid_attention, of.has_codebook() && of.quantizes, of.norm_num_groups, of.norm_eps, of.downsample_padding);
}

std::unique_ptr<Autoencoder> make_autoencoder(const AutoencoderSpec& spec, const FileBytes& file,
                                              const TensorOptions& options, bool in_tf32) {
  std::unique_ptr<Autoencoder> autoencoder;
  if (spec.is_linear()) {
    autoencoder = LinearAutoencoder::of_file(SafetensorsFile(file), options);
  } else {
    const AutoencoderParameters parameters = autoencoder_parameters(spec.structure, SafetensorsFile(file));
    autoencoder = std::make_unique<NetworkAutoencoder>(spec.structure, parameters, options, in_tf32);
  }
  if (spec.scale == 1) return autoencoder;
  return std::make_unique<ScaledAutoencoder>(std::move(autoencoder), spec.scale);
}

}  // namespace dpsbench
