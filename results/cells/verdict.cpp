#include "results/cells/verdict.h"

#include <fmt/format.h>

#include <set>

namespace dpsbench {

bool says_nothing(const CellResult& cell) { return !cell.text("no_verdict").empty(); }

bool is_given_original(const CellResult& cell) { return !cell.text("given_original").empty(); }

std::vector<std::string> verdict_notes(const std::vector<CellResult>& cells) {
  std::set<std::string> notes;
  for (const CellResult& cell : cells)
    if (says_nothing(cell))
      notes.insert(fmt::format("No verdict on {}: {}. Its row enters no rank and no mean over settings.",
                               cell.text("method"), cell.text("no_verdict")));
  return {notes.begin(), notes.end()};
}

}  // namespace dpsbench
