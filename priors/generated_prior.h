#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/prior.h"

namespace dpsbench {

/// Priors that are made of a few numbers, without a file: what a `prior:` block may say of them.
struct GeneratedPrior {
  std::string kind;
  bool has_modes;  ///< whether its posteriors are sums of modes
  std::vector<OptionSpec> options;
  std::function<ImageShape(const OptionValues&)> shape;  ///< throws UserError where the options do not fit together
  std::function<std::unique_ptr<Prior>(const OptionValues&, const TensorOptions&)> make;
};

/// "gaussian_modes" and "levy".
const std::vector<GeneratedPrior>& generated_priors();

/// The one of that kind; null where there is none.
const GeneratedPrior* find_generated_prior(const std::string& kind);

}  // namespace dpsbench
