#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/exact_posterior.h"
#include "core/options.h"
#include "datasets/dataset.h"
#include "priors/safetensors.h"
#include "priors/unet_options.h"

namespace dpsbench {

/// Which prior, as an experiment names it.
struct PriorSpec {
  std::string kind = "unet";  ///< "unet", "gaussian_mixture", "empirical", or one of generated_priors()
  std::string preset = {};    ///< unet: a preset's name; empty: `network`
  UNetOptions network = {};   ///< unet without preset
  std::string file = {};      ///< the weights, the mixture, or the idx or HDF5 file of images
  DatasetSpec images = {};    ///< empirical: which images of that file, and how they are made ready
  std::map<std::string, OptionValue> options = {};  ///< a generated prior's
};

/// Every kind there is.
std::vector<std::string> prior_kinds();

/// Of which measurements a prior of that kind knows the posterior.
KnownPosteriors known_posteriors(const PriorSpec& spec);

/// Whether those posteriors are sums of modes.
bool posteriors_have_modes(const PriorSpec& spec);

/// The network's options, from preset or `network`, checked. Throws UserError naming what does not fit.
UNetOptions network_options(const PriorSpec& spec);

/// Reads the file and makes the prior on `options`' device and number type; `torso` is a network's. Throws UserError
/// for a spec that cannot be and for a file that cannot be opened, DataError for a file that does not hold what the
/// spec says.
std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options,
                                  Torso torso = Torso::as_the_rest);

/// Whether the prior is made of a safetensors file: all kinds but "empirical".
bool is_made_of_tensors(const PriorSpec& spec);

/// Makes such a prior of its file's content, which may lie on `options`' device already.
std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const SafetensorsFile& file, const TensorOptions& options,
                                  Torso torso = Torso::as_the_rest);

}  // namespace dpsbench
