#include <fmt/format.h>

#include "core/error.h"
#include "priors/checkpoints/naming.h"

namespace dpsbench {
namespace {

/// "enc.32x32_block0.": levels by the size of their feature maps; attention is a part of its block.
std::string edm_module(const UNetOptions& options, const UNetLayer& layer) {
  using Kind = UNetLayer::Kind;
  const auto& [part, level, index] = layer.place;
  const auto at = [&](const char* way, std::int64_t size) { return fmt::format("{}.{}x{}_", way, size, size); };
  const std::int64_t size = options.image_size >> level;
  if (layer.prefix.starts_with("input_pyramid.")) return at("enc", size / 2) + "aux_residual.";
  if (layer.kind == Kind::convolution) return at("enc", size) + "conv.";
  if (layer.kind == Kind::downsample || layer.kind == Kind::upsample)
    throw UserError("resblock_updown is false; the networks of EDM's names have blocks in its place: true");
  if (halves(layer.resampling)) return at("enc", size / 2) + "down.";
  if (doubles(layer.resampling)) return at("dec", 2 * size) + "up.";
  if (part == UNetPlace::Part::middle) return fmt::format("{}in{}.", at("dec", size), index / 2);
  return fmt::format("{}block{}.", at(part == UNetPlace::Part::down ? "enc" : "dec", size), index);
}

NamingConvention with_output(const std::string& telltale, const std::string& norm, const std::string& convolution,
                             const ClassNames& classes) {
  return {.title = "EDM",
          .telltale = telltale,
          .parts = {{"", {""}},
                    {"time_embed.frequencies.weight", {"map_noise.freqs"}},
                    {"time_embed.0.", {"map_layer0."}},
                    {"time_embed.2.", {"map_layer1."}},
                    {"in_layers.0.", {"norm0."}},
                    {"in_layers.2.", {"conv0."}},
                    {"emb_layers.1.", {"affine."}},
                    {"out_layers.0.", {"norm1."}},
                    {"out_layers.3.", {"conv1."}},
                    {"skip_connection.", {"skip."}},
                    {"norm.", {"norm2."}},
                    {"qkv.", {"qkv."}},
                    {"proj_out.", {"proj."}},
                    {"out.0.", {norm}},
                    {"out.2.", {convolution}}},
          .module = edm_module,
          .qkv_rows = QkvRows::head_channel_part,
          .ignored = {".resample_filter", ".map_augment.weight", ".u"},
          .classes = classes};
}

}  // namespace

NamingConvention edm_adm_names() {
  return with_output("out_norm.weight", "out_norm.", "out_conv.", {.table = "map_label.weight", .optional = true});
}

NamingConvention edm_song_names() {
  return with_output("_aux_norm.weight", "dec.{R}x{R}_aux_norm.", "dec.{R}x{R}_aux_conv.",
                     {.table = "map_label.weight", .bias = "map_label.bias", .optional = true, .beside_time = true});
}

}  // namespace dpsbench
