#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "metrics/metric_set.h"
#include "results/store/reader.h"

namespace dpsbench {

/// What of an image's stored samples metrics judge.
enum class Judged { each_sample, mean_of_samples };

/// Metrics of a cell's stored samples, by name: [N], or [N, S] of each of several samples. Double.
std::map<std::string, Tensor> metrics_of_cell(const ResultsFile& results, const CellResult& cell,
                                              const MetricSet& metrics, Judged judged);

/// Gives every cell exactly the metrics of `names`, in memory: those a cell has are kept, those it lacks are computed
/// from its stored samples, none is sampled again. `lpips_weights`: a safetensors file, or empty. Tells on stderr what
/// it computes. Throws UserError for an unknown metric, missing weights and images that a metric cannot measure.
void reevaluate(ResultsFile& results, const std::vector<std::string>& names, const std::filesystem::path& lpips_weights,
                const at::Device& device);

}  // namespace dpsbench
