#include "priors/prior_spec.h"

#include "core/error.h"
#include "priors/gaussian_mixture_file.h"
#include "priors/gaussian_mixture_prior.h"
#include "priors/unet_prior.h"

namespace dpsbench {

UNetOptions network_options(const PriorSpec& spec) {
  return spec.preset.empty() ? checked(spec.network) : unet_preset(spec.preset);
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options) {
  if (spec.kind == "unet") {
    const UNetOptions network = network_options(spec);
    return std::make_unique<UNetPrior>(network, load_unet_parameters(network, SafetensorsFile(spec.file)), options);
  }
  if (spec.kind == "gaussian_mixture") {
    const ImageMixture loaded = load_gaussian_mixture(spec.file);
    return std::make_unique<GaussianMixturePrior>(loaded.mixture, loaded.shape, options);
  }
  throw UserError("prior kind '{}' is unknown; there are unet, gaussian_mixture", spec.kind);
}

}  // namespace dpsbench
