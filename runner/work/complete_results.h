#pragma once
#include <filesystem>

namespace dpsbench {

/// Whether the folder has a results.h5 that can be read and holds every unit of the plan, its images in the
/// groups that the manifest names.
bool results_are_complete(const std::filesystem::path& folder);

}  // namespace dpsbench
