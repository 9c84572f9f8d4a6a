#pragma once
#include <functional>
#include <string>
#include <vector>

#include "priors/unet/structure.h"

namespace dpsbench {

/// In which order a file has the rows of an attention's q, k and v: part (q, k, v), head and channel of a head, the
/// outermost first.
enum class QkvRows { part_head_channel, head_channel_part };

/// What a file calls the embeddings of the classes that a network may be told, and what becomes of them.
struct ClassNames {
  std::string table = {};    ///< a linear layer's weight, [numbers, classes]; empty: its networks know no classes
  std::string bias = {};     ///< of that layer, which is there without a class too; empty: none
  bool rows = false;         ///< the table is [classes, numbers]
  bool optional = false;     ///< the network may be told no class
  bool beside_time = false;  ///< they join the time's features, times sqrt(classes); false: its embedding
};

/// What another program calls the parameters that guided-diffusion's names stand for.
struct NamingConvention {
  /// A part of a layer, or one outside of all layers: guided-diffusion's name and the convention's, "in_layers.0." and
  /// "norm1."; several: their rows one below the other.
  struct Part {
    std::string ours;
    std::vector<std::string> theirs;
  };

  std::string title;     ///< whose, for people
  std::string telltale;  ///< how a name ends that its files alone have
  /// "{R}" stands for the image's size.
  std::vector<Part> parts;
  /// What the names of a layer's parameters begin with. Throws UserError for a layer that its networks do not have.
  std::function<std::string(const UNetOptions&, const UNetLayer&)> module;
  QkvRows qkv_rows = QkvRows::part_head_channel;
  std::vector<std::string> ignored = {};  ///< names' ends, from a dot on, that are no parameters of sampling networks
  ClassNames classes = {};
};

/// Those there are, each in a file of its own.
std::vector<NamingConvention> naming_conventions();

/// diffusers' UNet2DModel, DDPM's networks on the hub: with the names of today, and with those of files before 2023.
NamingConvention diffusers_names();
NamingConvention old_diffusers_names();

/// Its UNet2DConditionModel, Stable Diffusion's networks, by the same names around transformers.
NamingConvention diffusers_transformer_names();

/// Ho's network in PyTorch, as in SDEdit's celeba_hq.ckpt, which DDRM and DDNM use.
NamingConvention ddpm_names();

/// EDM's networks (and deepinv's): ADM's, and those of Song et al. 2021.
NamingConvention edm_adm_names();
NamingConvention edm_song_names();

}  // namespace dpsbench
