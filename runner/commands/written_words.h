#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dpsbench {

/// Lets every option of every subcommand that takes numbers take them as people write them (core/words/number_text.h),
/// the same as in an experiment file, and refuses the rest with the form allowed.
void take_numbers_as_written(CLI::App& app);

/// A check of numbers: above 0, up to `greatest`.
CLI::Validator above_zero(double greatest);

/// The words of a command line with options spelt in one way: --image_size becomes --image-size, what it is given
/// stays.
std::vector<std::string> with_hyphens(const std::vector<std::string>& words);

/// The words of a command line with ~/ at the start of a path, of its own or after "--option=", replaced by $HOME/,
/// which a shell leaves alone inside quotes and after "=".
std::vector<std::string> with_home(const std::vector<std::string>& words);

}  // namespace dpsbench
