#pragma once
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// Whether the experiment says of the cell's method that its row is no verdict on it (no_verdict: constants that its
/// authors would not use, say). Such rows are shown, and enter no rank and no mean over settings.
bool says_nothing(const CellResult& cell);

/// Whether the cell is a control that was given the original: it is compared with nothing, and is best of nothing.
bool is_given_original(const CellResult& cell);

/// One note for each method of which no verdict is given, with the experiment's reason.
std::vector<std::string> verdict_notes(const std::vector<CellResult>& cells);

}  // namespace dpsbench
