#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dpsbench {

// Numbers as people write them: 0.05, .5, 5e-2, +1, 1_000 (underscores between digits). Nothing that could mean two
// things is taken: no decimal comma, no percentage, no fraction, no leading zeros (octal to some), no infinity, no NaN,
// no blanks. The point is a point in every locale.

/// A finite number; none where the text is not one.
std::optional<double> real_from_text(std::string_view text);

/// A whole number; 1e3 and 20.0 are whole too, below 2^53.
std::optional<std::int64_t> whole_from_text(std::string_view text);

/// The same from 0 up to 2^64 - 1.
std::optional<std::uint64_t> natural_from_text(std::string_view text);

}  // namespace dpsbench
