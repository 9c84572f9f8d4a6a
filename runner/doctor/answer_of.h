#pragma once
#include <optional>
#include <string>

namespace dpsbench {

/// What a shell's command line says on standard output, and on standard error where the command sends it there; none
/// where it ends with another exit code than 0.
std::optional<std::string> answer_of(const std::string& command);

}  // namespace dpsbench
