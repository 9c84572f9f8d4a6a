#pragma once
#include <filesystem>
#include <string>

#include "results/store/reader.h"

namespace dpsbench {

/// The results of all that is done in an output folder: the results.h5 that a finished run left, else made now, while
/// `user` holds the folder's lock. Throws UserError if the folder is no output or nothing is done yet.
ResultsFile finished_results(const std::filesystem::path& folder, const std::string& user);

/// The experiment's title as its file gives it, else its name.
std::string experiment_title(const RunResult& run);

/// The layouts of its `tables:`, in their order.
std::vector<std::string> table_layouts(const RunResult& run);

}  // namespace dpsbench
