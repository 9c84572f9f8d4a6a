#pragma once
#include <CLI/CLI.hpp>

namespace dpsbench {

/// Makes every option of the command and its subcommands that takes numbers refuse what only looks like one, before its
/// own range is asked: real numbers that are not finite (no range refuses NaN by itself), whole numbers with a sign
/// that they cannot have, with zeros in front (which C reads as octal), in hexadecimal, or too large (which would be
/// folded).
void require_plain_numbers(CLI::App& app);

}  // namespace dpsbench
