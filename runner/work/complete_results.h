#pragma once
#include <filesystem>
#include <optional>

#include "results/store/reader.h"

namespace dpsbench {

/// The folder's results.h5, if it is whole, of this configuration and holds every unit of the plan, its images in the
/// groups that the manifest names; else none: then it is to be made anew.
std::optional<ResultsFile> complete_results(const std::filesystem::path& folder, const std::string& configuration);

}  // namespace dpsbench
