#include <fmt/format.h>

#include "core/error.h"
#include "priors/checkpoints/naming.h"

namespace dpsbench {
namespace {

std::string diffusers_module(const UNetOptions& options, const UNetLayer& layer) {
  using Kind = UNetLayer::Kind;
  if (layer.kind == Kind::convolution) return "conv_in.";
  if (layer.resampling != Resampling::none)
    throw UserError("resblock_updown is true; the networks of diffusers' names have convolutions in its place: false");
  const auto& [part, level, index] = layer.place;
  const bool attends = layer.kind == Kind::attention;
  if (part == UNetPlace::Part::middle)
    return attends ? "mid_block.attentions.0." : fmt::format("mid_block.resnets.{}.", index / 2);
  const auto levels = static_cast<std::int64_t>(options.channel_mult.size());
  const std::string block = part == UNetPlace::Part::down ? fmt::format("down_blocks.{}.", level)
                                                          : fmt::format("up_blocks.{}.", levels - 1 - level);
  if (layer.kind == Kind::downsample) return block + "downsamplers.0.";
  if (layer.kind == Kind::upsample) return block + "upsamplers.0.";
  return fmt::format("{}{}.{}.", block, attends ? "attentions" : "resnets", index);
}

NamingConvention with_attention(const std::vector<std::string>& qkv, const std::string& out) {
  return {.title = "diffusers",
          .telltale = "mid_block.attentions.0." + qkv.front() + "weight",
          .parts = {{"", {""}},
                    {"time_embed.0.", {"time_embedding.linear_1."}},
                    {"time_embed.2.", {"time_embedding.linear_2."}},
                    {"in_layers.0.", {"norm1."}},
                    {"in_layers.2.", {"conv1."}},
                    {"emb_layers.1.", {"time_emb_proj."}},
                    {"out_layers.0.", {"norm2."}},
                    {"out_layers.3.", {"conv2."}},
                    {"skip_connection.", {"conv_shortcut."}},
                    {"norm.", {"group_norm."}},
                    {"qkv.", qkv},
                    {"proj_out.", {out}},
                    {"op.", {"conv."}},
                    {"conv.", {"conv."}},
                    {"out.0.", {"conv_norm_out."}},
                    {"out.2.", {"conv_out."}}},
          .module = diffusers_module};
}

}  // namespace

NamingConvention diffusers_names() { return with_attention({"to_q.", "to_k.", "to_v."}, "to_out.0."); }

NamingConvention diffusers_transformer_names() {
  NamingConvention convention = diffusers_names();
  convention.telltale = "mid_block.attentions.0.proj_in.weight";
  return convention;
}

NamingConvention old_diffusers_names() { return with_attention({"query.", "key.", "value."}, "proj_attn."); }

}  // namespace dpsbench
