#include <fmt/format.h>

#include "core/error.h"
#include "priors/checkpoints/naming.h"

namespace dpsbench {
namespace {

std::string ddpm_module(const UNetOptions&, const UNetLayer& layer) {
  using Kind = UNetLayer::Kind;
  if (layer.kind == Kind::convolution) return "conv_in.";
  if (layer.resampling != Resampling::none)
    throw UserError("resblock_updown is true; the networks of DDPM's names have convolutions in its place: false");
  const auto& [part, level, index] = layer.place;
  const bool attends = layer.kind == Kind::attention;
  if (part == UNetPlace::Part::middle) return attends ? "mid.attn_1." : fmt::format("mid.block_{}.", index / 2 + 1);
  const std::string block = fmt::format("{}.{}.", part == UNetPlace::Part::down ? "down" : "up", level);
  if (layer.kind == Kind::downsample) return block + "downsample.";
  if (layer.kind == Kind::upsample) return block + "upsample.";
  return fmt::format("{}{}.{}.", block, attends ? "attn" : "block", index);
}

}  // namespace

NamingConvention ddpm_names() {
  return {.title = "DDPM",
          .telltale = "mid.attn_1.q.weight",
          .parts = {{"", {""}},
                    {"time_embed.0.", {"temb.dense.0."}},
                    {"time_embed.2.", {"temb.dense.1."}},
                    {"in_layers.0.", {"norm1."}},
                    {"in_layers.2.", {"conv1."}},
                    {"emb_layers.1.", {"temb_proj."}},
                    {"out_layers.0.", {"norm2."}},
                    {"out_layers.3.", {"conv2."}},
                    {"skip_connection.", {"nin_shortcut."}},
                    {"norm.", {"norm."}},
                    {"qkv.", {"q.", "k.", "v."}},
                    {"proj_out.", {"proj_out."}},
                    {"op.", {"conv."}},
                    {"conv.", {"conv."}},
                    {"out.0.", {"norm_out."}},
                    {"out.2.", {"conv_out."}}},
          .module = ddpm_module};
}

}  // namespace dpsbench
