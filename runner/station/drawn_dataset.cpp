#include "runner/station/drawn_dataset.h"

#include "core/error.h"
#include "priors/drawn_images.h"
#include "priors/registry.h"

namespace dpsbench {

const TractablePrior& require_drawable(const Prior& law, const std::string& what) {
  if (const auto* tractable = dynamic_cast<const TractablePrior*>(&law)) return *tractable;
  throw UserError(
      "{}: images can be drawn from any prior but a network; an "
      "experiment's key truth may name another law than the sampler's prior",
      what);
}

Dataset draw_dataset(const DatasetSpec& spec, std::uint64_t seed, const Prior& law) {
  DatasetSpec fitting = spec;
  fitting.channels = law.shape().channels;
  return Dataset::of(fitting, drawn_images(spec.name, seed, require_drawable(law, "dataset " + spec.name)));
}

Dataset open_dataset(const DatasetSpec& spec, std::uint64_t seed, const Prior* law) {
  return spec.drawn ? draw_dataset(spec, seed, *law) : Dataset::open(spec);
}

std::unique_ptr<Prior> law_of_images(const Experiment& experiment) {
  const bool drawn = experiment.dataset.drawn || (experiment.tune && experiment.tune->dataset.drawn);
  return drawn ? make_prior(experiment.law(), TensorOptions().dtype(at::kFloat)) : nullptr;
}

}  // namespace dpsbench
