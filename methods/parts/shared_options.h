#pragma once
#include "core/options.h"

namespace dpsbench {

/// `steps`: how many of the training schedule's 1000 steps the sampler takes.
inline OptionSpec steps_option(std::int64_t usual = 1000) {
  return {"steps", usual, "reverse steps, spread over the 1000 of training", 1, 1000, {}};
}

/// `as_published`: the authors' code where it differs from the algorithm in a way that changes results; in the named
/// respects only (docs/checked.md says how near the whole comes to it).
inline OptionSpec as_published_option(const std::string& difference) {
  return {"as_published", false, "as the authors' code in these respects: " + difference, -1, 1, {}};
}

/// `eta`: the DDIM step's noise.
inline OptionSpec eta_option(double usual) {
  return {"eta", usual, "noise of a DDIM step: 0 none, 1 as much as DDPM", 0, 1, {}};
}

/// `reference` and `reuse_below`: how often the prior term of Proposition 4.1 is computed anew.
inline OptionSpec reference_option() {
  return {"reference",
          std::string("cached"),
          "the reference score: naive computes it every step, as the paper's tables "
          "do; cached reuses it while the state hardly enters it",
          -1,
          1,
          {"cached", "naive"}};
}
inline OptionSpec reuse_option() {
  return {"reuse_below", 0.02, "cached: reuse while sigma_y^2 / (sigma_y^2 + sigma_t^2) is below this", 0, 1, {}};
}
inline double reuse_tolerance(const OptionValues& options) {
  return options.word("reference") == "cached" ? options.real("reuse_below") : 0.0;
}

}  // namespace dpsbench
