#include "core/error.h"
#include "priors/mixture/mode_grid.h"
#include "priors/mixture/prior.h"
#include "priors/prior_kind.h"

namespace dpsbench {
namespace {

const std::vector<OptionSpec>& mode_options() {
  static const std::vector<OptionSpec> options = {
      {"dimension", std::int64_t{8}, "numbers of an image [1, 1, D]; the papers have 8, 80 and 800", 2, 100000},
      {"spacing", 8.0, "distance of the modes along each number", 0},
      {"deviation", 1.0, "standard deviation of each mode, in every direction", 1e-6},
      {"weights",
       std::string("equal"),
       "of the 25 modes: equal (TMPD), or squares of normal numbers (MCG-Diff)",
       -1,
       1,
       {"equal", "chi_square"}}};
  return options;
}

ImageShape mode_shape(const PriorSpec& spec) {
  const std::int64_t dimension = OptionValues(mode_options(), spec.options).integer("dimension");
  if (dimension % 2 != 0) throw UserError("dimension: {} is odd; allowed: even numbers", dimension);
  return {1, 1, dimension};
}

}  // namespace

PriorKind gaussian_modes_kind() {
  return {.name = "gaussian_modes",
          .title = "25 Gaussian modes on a grid, in any even dimension",
          .posteriors = KnownPosteriors::linear,
          .has_modes = true,
          .options = mode_options(),
          .shape = mode_shape,
          .make = [](const PriorSpec& spec, const FileBytes*, const TensorOptions& options, Torso) {
            const OptionValues values(mode_options(), spec.options);
            const ModeGrid grid{values.integer("dimension"), values.real("spacing"), values.real("deviation"),
                                values.word("weights") == "equal"};
            return std::make_unique<GaussianMixturePrior>(grid.mixture(), mode_shape(spec), options);
          }};
}

}  // namespace dpsbench
