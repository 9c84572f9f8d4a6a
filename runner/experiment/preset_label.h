#pragma once
#include <string>

#include "runner/experiment/experiment.h"

namespace dpsbench {

/// What a row says of where its constants are from: "published" or "tuned", the preset's name where the experiment has
/// several published ones of the method, and whatever does not fit: "published for 1000 steps", "published for another
/// task", "published, scaled with steps", "tuned under another prior" (the same network with other weights
/// is another one, once these were read).
std::string preset_label(const Experiment& experiment, const MethodRequest& method, const Preset& preset,
                         const OptionValues& options);

/// What such a label has where constants were chosen under another prior.
inline constexpr const char* under_another_prior = " under another prior";

/// Whether it says more than that published constants are used as published.
bool is_noteworthy(const std::string& preset_label);

/// Of one row that stands for two: "published = tuned".
std::string united_label(const std::string& first, const std::string& second);

}  // namespace dpsbench
