#pragma once
#include <string>

namespace dpsbench {

/// A text as one word of a POSIX shell: as it is where no character of it means anything to a shell, else in single
/// quotes. For command lines that are run, and for those that a person is told to paste.
std::string shell_word(const std::string& text);

}  // namespace dpsbench
