#pragma once
#include <filesystem>

#include "training/mixture_fit.h"
#include "training/options.h"

namespace dpsbench {

/// How `dpsbench train --kind gmm` makes a mixture of image patches.
struct MixtureTraining {
  MixtureFit fit;
  DatasetSpec data;
  std::filesystem::path held_out;  ///< images of whose patches the likelihood is reported
  CropOptions crops;
  ImageShape shape;
  std::int64_t patches = 30000;
  std::int64_t held_out_patches = 4000;
  std::filesystem::path output;  ///< folder for mixture.safetensors
};

/// Fits the mixture, telling of each iteration on stdout, and writes it. Returns its file. A stop signal ends the fit
/// early with the best mixture so far. Throws UserError and DataError for what does not fit.
std::filesystem::path train_mixture(const MixtureTraining& training);

}  // namespace dpsbench
