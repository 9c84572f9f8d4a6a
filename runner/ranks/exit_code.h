#pragma once

namespace dpsbench::exit_code {

inline constexpr int success = 0;
inline constexpr int internal_error = 1;  ///< anything the other codes do not say
inline constexpr int bad_usage = 2;       ///< bad command line, experiment file or input
inline constexpr int failed_images = 3;   ///< finished, but some images failed
inline constexpr int stopped_early = 75;  ///< run the same command again to resume

}  // namespace dpsbench::exit_code
