#pragma once
#include <optional>
#include <vector>

#include "metrics/registry.h"
#include "metrics/statistics/paired.h"
#include "metrics/statistics/standing.h"
#include "results/store/reader.h"

namespace dpsbench {

/// A cell held against the best of its setting.
struct ComparedCell {
  Standing standing = Standing::tied;
  double p_value = 1;       ///< that it is as good as the best (against_best); 1 of the best itself
  MeanInterval difference;  ///< of the metric, cell - best, on the images that both have
};

/// The cells of a setting compared by a metric that is good when high or low. The best has the least mean loss of the
/// cells with the most images: a mean over what is left after failures flatters. Every other cell is compared with it
/// on the images that both have, beside all cells that have these; so images that one cell lacks change no other's
/// verdict. Nothing of cells without the metric or with values that are not finite, of those with fewer than two images
/// in common with the best, of means of several samples (samples_shown), and where there is no second cell to compare.
/// Metrics that are good near a value have no best: nothing of any cell.
std::vector<std::optional<ComparedCell>> compare_cells(const MetricEntry& metric,
                                                       const std::vector<const CellResult*>& cells);

/// The values of two cells on the images that both have, in one order, with the images' groups.
struct PairedValues {
  std::vector<double> first;
  std::vector<double> second;
  Groups groups;
};
PairedValues paired_values(const CellResult& first, const CellResult& second, const std::string& metric);

/// The mean of a metric over a cell's images with its interval, by groups where the images have such.
MeanInterval cell_interval(const CellResult& cell, const std::string& metric);

}  // namespace dpsbench
