#pragma once
#include <string>
#include <vector>

#include "core/options.h"

namespace dpsbench {

/// The options of a task or method for people: a line each with name, default, values allowed and description. `indent`
/// blanks before each line.
std::string option_table(const std::vector<OptionSpec>& options, std::size_t indent);

}  // namespace dpsbench
