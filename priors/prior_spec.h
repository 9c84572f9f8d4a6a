#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/options.h"
#include "datasets/dataset.h"
#include "priors/autoencoder/spec.h"
#include "priors/tiled_prior.h"
#include "priors/unet/options.h"

namespace dpsbench {

/// Which prior, as an experiment names it. `kind` says which of the other fields count (priors/registry.h).
struct PriorSpec {
  std::string kind = "unet";
  std::string preset = {};   ///< unet: a preset's name; empty: `network`
  UNetOptions network = {};  ///< unet without preset
  std::string file = {};     ///< the weights, the mixture, or the idx or HDF5 file of images
  DatasetSpec images = {};   ///< empirical: which images of that file, and how they are made ready
  std::map<std::string, OptionValue> options = {};  ///< of a kind that has options, complete
  std::optional<AutoencoderSpec> autoencoder = {};  ///< whose latents the rest is a prior of; none: of images
  std::optional<Tiling> tiles = {};  ///< of larger pictures, which the network sees in tiles; none: of its images

  /// Whether network and autoencoder lie in one file.
  [[nodiscard]] bool is_whole_model() const { return autoencoder && autoencoder->file == file; }
};

/// The network's options, from preset or `network`, checked. Throws UserError naming what does not fit.
UNetOptions network_options(const PriorSpec& spec);

/// Whether a spec of kind unet is a network as it stands, which is given x_t and told its time, and no class.
bool is_told_the_time(const PriorSpec& spec);

}  // namespace dpsbench
