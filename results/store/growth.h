#pragma once
#include <string>
#include <vector>

#include "results/store/manifest.h"

namespace dpsbench {

/// How an output's plan differs from the one that it had.
struct Growth {
  std::vector<std::string> changes;  ///< what was said before and is said otherwise now: old results would not be asked
                                     ///< for, or not be comparable; for people, the key first
  std::vector<std::string> remarks;  ///< what is new and what is left out, for people
  std::vector<EarlierUnit> earlier;  ///< what `now` does not ask for, of `before` and of its earlier ones
};

/// What a plan's experiment says of a key, defaults filled in, as YAML on one line: "8", "[psnr, ssim]"; empty:
/// nothing.
std::string said_in(const Manifest& manifest, const std::string& key);

/// Compares two plans of different configurations. Methods, tasks, noise levels and values of a scan may be added and
/// left out (a cell that is gone while one of the same task and method is new was changed), metrics and samples added,
/// images added and left out at the end of the list. All else that affects answers is a change.
Growth growth_of(const Manifest& before, const Manifest& now);

}  // namespace dpsbench
