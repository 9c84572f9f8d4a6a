#include <algorithm>

#include "priors/levy/prior.h"
#include "priors/prior_kind.h"

namespace dpsbench {
namespace {

const std::vector<OptionSpec>& levy_options() {
  static const std::vector<OptionSpec> options = {
      {"law", std::string("laplace"), "of a signal's increments", -1, 1, increment_law_names()},
      {"scale", 1.0, "gaussian: their standard deviation; else factor on a unit Laplace or t", 1e-9},
      {"length", std::int64_t{64}, "numbers of a signal [1, 1, L]", 1, 4096},
      {"freedom", 3.0, "student: degrees of freedom", 0.1},
      {"jumps", 0.1, "bernoulli_laplace: probability that an increment is not 0", 1e-6, 1 - 1e-6},
      {"burn_in", std::int64_t{100}, "sweeps a score's chain leaves out", 0, 1000000},
      {"kept", std::int64_t{300}, "sweeps it averages", 1, 1000000},
      {"reference_burn_in", std::int64_t{2500}, "the same of the posterior's four chains", 0, 10000000},
      {"reference_kept", std::int64_t{5000}, "sweeps each averages", 8, 10000000}};
  return options;
}

LevyLaw law_of(const OptionValues& values) {
  const auto& names = increment_law_names();
  const auto index = std::find(names.begin(), names.end(), values.word("law")) - names.begin();
  return {static_cast<IncrementLaw>(index), values.real("scale"), values.real("freedom"), values.real("jumps")};
}

}  // namespace

PriorKind levy_kind() {
  return {.name = "levy",
          .title = "signals whose increments are independent draws of one law, by Gibbs sampling",
          .posteriors = KnownPosteriors::linear,
          .options = levy_options(),
          .shape =
              [](const PriorSpec& spec) {
                return ImageShape{1, 1, OptionValues(levy_options(), spec.options).integer("length")};
              },
          .make =
              [](const PriorSpec& spec, const FileBytes*, const TensorOptions& options, Torso) {
                const OptionValues values(levy_options(), spec.options);
                ReferenceLength reference;
                reference.each = {values.integer("reference_burn_in"), values.integer("reference_kept")};
                return std::make_unique<LevyPrior>(law_of(values), values.integer("length"),
                                                   ChainLength{values.integer("burn_in"), values.integer("kept")},
                                                   reference, options);
              }};
}

}  // namespace dpsbench
