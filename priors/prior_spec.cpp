#include "priors/prior_spec.h"

#include "core/error.h"
#include "priors/empirical_prior.h"
#include "priors/gaussian_mixture_file.h"
#include "priors/gaussian_mixture_prior.h"
#include "priors/generated_prior.h"
#include "priors/unet_prior.h"

namespace dpsbench {
namespace {

/// Every image of the data set, [N, C, H, W].
Tensor load_all(const DatasetSpec& spec) {
  const Dataset dataset = Dataset::open(spec);
  std::vector<Tensor> images;
  for (std::int64_t i = 0; i < dataset.size(); ++i) images.push_back(dataset.load(i));
  return at::stack(images);
}

}  // namespace

std::vector<std::string> prior_kinds() {
  std::vector<std::string> kinds = {"unet", "gaussian_mixture", "empirical"};
  for (const GeneratedPrior& prior : generated_priors()) kinds.push_back(prior.kind);
  return kinds;
}

KnownPosteriors known_posteriors(const PriorSpec& spec) {
  if (spec.kind == "gaussian_mixture" || find_generated_prior(spec.kind) != nullptr) return KnownPosteriors::linear;
  return spec.kind == "empirical" ? KnownPosteriors::any : KnownPosteriors::none;
}

bool posteriors_have_modes(const PriorSpec& spec) {
  const GeneratedPrior* generated = find_generated_prior(spec.kind);
  return generated != nullptr ? generated->has_modes : spec.kind == "gaussian_mixture";
}

UNetOptions network_options(const PriorSpec& spec) {
  return spec.preset.empty() ? checked(spec.network) : unet_preset(spec.preset);
}

bool is_made_of_tensors(const PriorSpec& spec) { return spec.kind == "unet" || spec.kind == "gaussian_mixture"; }

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options, Torso torso) {
  if (spec.kind == "empirical") return std::make_unique<EmpiricalPrior>(load_all(spec.images), options);
  if (const GeneratedPrior* generated = find_generated_prior(spec.kind))
    return generated->make(OptionValues(generated->options, spec.options), options);
  return make_prior(spec, SafetensorsFile(spec.file), options, torso);
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const SafetensorsFile& file, const TensorOptions& options,
                                  Torso torso) {
  if (spec.kind == "unet") {
    const UNetOptions network = network_options(spec);
    return std::make_unique<UNetPrior>(network, load_unet_parameters(network, file), options, torso);
  }
  if (spec.kind == "gaussian_mixture") {
    const ImageMixture loaded = load_gaussian_mixture(file);
    return std::make_unique<GaussianMixturePrior>(loaded.mixture, loaded.shape, options);
  }
  throw UserError("prior kind '{}' is unknown; there are {}", spec.kind, fmt::join(prior_kinds(), ", "));
}

}  // namespace dpsbench
