#pragma once
#include <exception>
#include <string>

namespace dpsbench::exit_code {

inline constexpr int success = 0;
inline constexpr int internal_error = 1;  ///< anything the other codes do not say
inline constexpr int bad_usage = 2;       ///< bad command line, experiment file or input; output that cannot be written
inline constexpr int failed_images = 3;   ///< finished, but some images failed
inline constexpr int stopped_early = 75;  ///< run the same command again to resume

}  // namespace dpsbench::exit_code

namespace dpsbench {

/// The exit code that an exception stands for: 2 for UserError and DataError, else 1.
int exit_code_of(const std::exception& error);

/// What an exception says, for a person: the standard library's own are put into words.
std::string sentence_of(const std::exception& error);

}  // namespace dpsbench
