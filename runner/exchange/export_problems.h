#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runner/exchange/problem_file.h"
#include "runner/experiment/cell.h"
#include "runner/station/station.h"

namespace dpsbench {

/// The settings of these cells, in their order: one cell of each.
std::vector<const Cell*> settings_of_cells(const std::vector<Cell>& cells);

/// What all methods of a setting are given, for all images of the experiment at once. Throws DataError for an image
/// that cannot be read.
ExportedProblem problem_of(const Station& station, const Cell& setting);

/// What a folder of exported problems says of itself: problems.json.
struct ProblemFolder {
  std::filesystem::path experiment;    ///< the file that they were made of
  std::vector<std::string> overrides;  ///< as --set took them
  std::vector<std::string> stems;      ///< of the problems
};

/// Writes the problems of some settings and what goes with them into a new folder: problems.json, a file for each
/// setting, problems.py that reads them. Throws UserError for a folder that holds something already.
void export_problems(const Station& station, const std::vector<const Cell*>& settings, const RunOptions& options);

/// Throws UserError where the folder is none of export_problems.
ProblemFolder read_problem_folder(const std::filesystem::path& folder);

}  // namespace dpsbench
