#pragma once
#include <string>
#include <vector>

#include "core/noise_schedule.h"
#include "core/options.h"

namespace dpsbench {

/// The options by which a network's block says its noise schedule: `schedule`, which is `standard` unless it is said
/// (another name than those of schedule_of() may be one: `meaning` says what it is), and the numbers of the kinds.
std::vector<OptionSpec> schedule_options(const std::string& standard, const std::string& meaning = "");

/// The schedule that they say. Throws UserError naming what does not fit together.
NoiseSchedule schedule_of(const OptionValues& values);

}  // namespace dpsbench
