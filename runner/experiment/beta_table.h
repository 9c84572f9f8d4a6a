#pragma once
#include <filesystem>
#include <string>

#include "runner/experiment/yaml_reader.h"

namespace dpsbench {

/// The key `betas` of a prior's block, a noise schedule's table: a list of numbers, or the path of a file of them, a
/// .npy array [N] or a text (numbers apart by blanks, commas or lines, "#" before remarks). Returns the numbers
/// themselves, "0.0001 0.00012", exactly: what results depend on, wherever the file lies. Throws UserError naming file,
/// line and number where one is no beta: all are above 0 and below 1, two or more.
std::string read_betas(const YamlReader& reader, const std::filesystem::path& folder);

}  // namespace dpsbench
