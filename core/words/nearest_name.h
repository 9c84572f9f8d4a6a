#pragma once
#include <string>
#include <vector>

namespace dpsbench {

/// Letters and digits only, small: "DPS-w" is "dpsw".
std::string letters_of(const std::string& name);

/// The name that was meant by `word`: one of the same letters and digits (dpsw: dps-w), else the shortest that begins
/// with them (inpaint: inpainting, from three on), else the nearest one that a slip of the pen explains; empty: none.
std::string nearest_name(const std::string& word, const std::vector<std::string>& names);

/// " (did you mean 'dps-w'?)", or nothing where no name is near.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& names);

}  // namespace dpsbench
