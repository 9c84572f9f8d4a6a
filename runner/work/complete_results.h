#pragma once
#include <filesystem>
#include <optional>

#include "results/store/manifest.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The folder's results.h5, if it is whole, of the manifest's configuration and groups and holds every unit of the
/// plan; else none: then it is to be made anew.
std::optional<ResultsFile> complete_results(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace dpsbench
