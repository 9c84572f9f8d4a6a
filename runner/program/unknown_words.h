#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dpsbench {

/// What is wrong with a command line's first word where that is no command: a sentence that names the nearest one;
/// empty: it is one, or an option.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words);

/// The same of the first option that its command does not know, after app.parse() refused the line; empty: none.
std::string unknown_option(const CLI::App& app);

}  // namespace dpsbench
