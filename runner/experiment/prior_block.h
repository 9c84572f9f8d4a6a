#pragma once
#include <filesystem>
#include <string>

#include "methods/registry.h"
#include "priors/registry.h"
#include "runner/experiment/yaml_reader.h"

namespace dpsbench {

/// Reads the `prior:` or `truth:` block of an experiment: {kind: unet, preset: ..., weights: F}, {kind: unet,
/// image_size: ..., ..., weights: F} with guided-diffusion's option names, {kind: unet, config: F, weights: F} with a
/// config.json of diffusers, {kind: gaussian_mixture, file: F}, {kind:
/// empirical, file: F, images: 0-59999, size: 32, channels: 1} with an idx or HDF5 file, or another kind of
/// priors/registry.h with its options, such as {kind: levy, law: laplace, length: 64}. A block `autoencoder` makes it a
/// prior of that one's latents. Throws UserError naming place, key, value and the values allowed.
PriorSpec read_prior_block(const YamlReader& reader, const std::filesystem::path& folder);

/// Reads a file that holds nothing but that block, with or without the key `prior:` above it.
PriorSpec read_prior_file(const std::filesystem::path& file);

/// Throws UserError unless the prior's files, if it has some, are there: says which variable to set or which file to
/// put where. `block`: what the experiment calls it.
void require_prior_file(const PriorSpec& spec, const std::string& block = "prior");

/// Whether prior_shape(spec) can be told without reading the prior's file.
bool tells_shape(const PriorSpec& spec);

/// What methods sample under a prior made of that spec.
Sampled sampled_by(const PriorSpec& spec);

/// Everything but the file that the prior's answers depend on, in a fixed form.
std::string describe_prior(const PriorSpec& spec);

}  // namespace dpsbench
