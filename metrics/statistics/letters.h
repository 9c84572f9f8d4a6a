#pragma once
#include <string>
#include <vector>

namespace dpsbench {

/// Compact letter display: one word a method, and two methods share a letter exactly when they are not distinguishable.
/// distinguishable: symmetric [method][method]. Letters a, b, .. in the order of the methods (so give these best
/// first), by insertion and absorption (Piepho 2004), then without letters that say nothing new. Throws Error for a
/// matrix that is not square and when the alphabet does not suffice.
std::vector<std::string> letter_display(const std::vector<std::vector<bool>>& distinguishable);

/// The letters of methods whose losses [method][image] are compared pair by pair, paired t-tests, Holm-adjusted over
/// all pairs, p <= alpha distinguishable. The best mean gets the letter a; words are in the order of `losses`. Throws
/// Error for different lengths and values that are not finite.
std::vector<std::string> compact_letters(const std::vector<std::vector<double>>& losses, double alpha = 0.05);

}  // namespace dpsbench
