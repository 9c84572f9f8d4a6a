#pragma once
#include <string>

#include "results/store/reader.h"

namespace dpsbench {

/// The command that does a cell again, given the run's experiment as a file of its name in the folder where one stands:
/// the task, the noise level and the method's constants as they were set, whatever lists or presets they came from.
/// Empty of answers that another program made, and of results that tell no task.
std::string repeat_command(const RunResult& run, const CellResult& cell);

}  // namespace dpsbench
