#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/options.h"

namespace dpsbench {

/// Options with their defaults, meanings and what is allowed, a line each; `indent` blanks before each line.
std::string option_table(const std::vector<OptionSpec>& options, std::size_t indent);

/// The same for programs: an object an option with name, default, allowed (in words), meaning, and where there are such
/// least, greatest and choices.
nlohmann::ordered_json options_as_json(const std::vector<OptionSpec>& options);

}  // namespace dpsbench
