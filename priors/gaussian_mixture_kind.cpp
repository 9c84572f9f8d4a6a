#include "priors/mixture/file.h"
#include "priors/mixture/prior.h"
#include "priors/prior_kind.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

PriorKind gaussian_mixture_kind() {
  return {.name = "gaussian_mixture",
          .title = "a Gaussian mixture in closed form, from a file",
          .file_key = "file",
          .file_content = "the mixture (safetensors: log_weights, means, covariances)",
          .made_of_file = true,
          .posteriors = KnownPosteriors::linear,
          .has_modes = true,
          .shape = [](const PriorSpec& spec) { return load_gaussian_mixture(SafetensorsFile(spec.file)).shape; },
          .make =
              [](const PriorSpec&, const FileBytes* file, const TensorOptions& options, Torso) {
                const ImageMixture loaded = load_gaussian_mixture(SafetensorsFile(*file));
                return std::make_unique<GaussianMixturePrior>(loaded.mixture, loaded.shape, options);
              }};
}

}  // namespace dpsbench
