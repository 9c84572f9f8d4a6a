#include "priors/generated_prior.h"

#include <algorithm>

#include "core/error.h"
#include "priors/gaussian_mixture_prior.h"
#include "priors/levy_prior.h"
#include "priors/mode_grid.h"

namespace dpsbench {
namespace {

GeneratedPrior gaussian_modes() {
  const auto shape = [](const OptionValues& values) {
    if (values.integer("dimension") % 2 != 0)
      throw UserError("dimension: {} is odd; allowed: even numbers", values.integer("dimension"));
    return ImageShape{1, 1, values.integer("dimension")};
  };
  return {.kind = "gaussian_modes",
          .has_modes = true,
          .options = {{"dimension", std::int64_t{8}, "numbers of an image [1, 1, D]; the papers have 8, 80 and 800", 2,
                       100000},
                      {"spacing", 8.0, "distance of the modes along each number", 0},
                      {"deviation", 1.0, "standard deviation of each mode, in every direction", 1e-6},
                      {"weights",
                       std::string("equal"),
                       "of the 25 modes: equal (TMPD), or squares of normal numbers (MCG-Diff)",
                       -1,
                       1,
                       {"equal", "chi_square"}}},
          .shape = shape,
          .make = [shape](const OptionValues& values, const TensorOptions& options) {
            const ModeGrid grid{values.integer("dimension"), values.real("spacing"), values.real("deviation"),
                                values.word("weights") == "equal"};
            return std::make_unique<GaussianMixturePrior>(grid.mixture(), shape(values), options);
          }};
}

LevyLaw law_of(const OptionValues& values) {
  const auto& names = increment_law_names();
  const auto index = std::find(names.begin(), names.end(), values.word("law")) - names.begin();
  return {static_cast<IncrementLaw>(index), values.real("scale"), values.real("freedom"), values.real("jumps")};
}

GeneratedPrior levy() {
  return {.kind = "levy",
          .has_modes = false,
          .options = {{"law", std::string("laplace"), "of a signal's increments", -1, 1, increment_law_names()},
                      {"scale", 1.0, "gaussian: their standard deviation; else factor on a unit Laplace or t", 1e-9},
                      {"length", std::int64_t{64}, "numbers of a signal [1, 1, L]", 1, 4096},
                      {"freedom", 3.0, "student: degrees of freedom", 0.1},
                      {"jumps", 0.1, "bernoulli_laplace: probability that an increment is not 0", 1e-6, 1 - 1e-6},
                      {"burn_in", std::int64_t{100}, "sweeps a score's chain leaves out", 0, 1000000},
                      {"kept", std::int64_t{300}, "sweeps it averages", 1, 1000000},
                      {"reference_burn_in", std::int64_t{2500}, "the same of the posterior's four chains", 0, 10000000},
                      {"reference_kept", std::int64_t{5000}, "sweeps each averages", 8, 10000000}},
          .shape =
              [](const OptionValues& values) {
                return ImageShape{1, 1, values.integer("length")};
              },
          .make =
              [](const OptionValues& values, const TensorOptions& options) {
                ReferenceLength reference;
                reference.each = {values.integer("reference_burn_in"), values.integer("reference_kept")};
                return std::make_unique<LevyPrior>(law_of(values), values.integer("length"),
                                                   ChainLength{values.integer("burn_in"), values.integer("kept")},
                                                   reference, options);
              }};
}

}  // namespace

const std::vector<GeneratedPrior>& generated_priors() {
  static const std::vector<GeneratedPrior> priors = {gaussian_modes(), levy()};
  return priors;
}

const GeneratedPrior* find_generated_prior(const std::string& kind) {
  for (const GeneratedPrior& prior : generated_priors())
    if (prior.kind == kind) return &prior;
  return nullptr;
}

}  // namespace dpsbench
