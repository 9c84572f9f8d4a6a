#pragma once
#include <filesystem>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// The cells, and after them one more for each that has several stored samples an image: its method's mean of S
/// samples, which estimates the posterior's mean, judged by the cell's metrics of a sample. Those that need weights are
/// left out where `lpips_weights` names none. The new cells are for tables: they have no images in the results.
std::vector<CellResult> with_means_of_samples(const ResultsFile& results, std::vector<CellResult> cells,
                                              const std::filesystem::path& lpips_weights, const at::Device& device);

}  // namespace dpsbench
