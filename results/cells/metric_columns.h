#pragma once
#include <string>
#include <vector>

#include "metrics/registry.h"
#include "results/cells/cell_label.h"
#include "results/formats/table.h"

namespace dpsbench {

/// The metrics that any of the cells has, in the order of the registry.
std::vector<const MetricEntry*> metrics_of(const std::vector<CellResult>& cells);

/// "PSNR (dB) ↑": title, unit and which way is better.
std::string metric_head(const MetricEntry& metric);

/// The means of a metric over the images of each cell, with half-widths of the 95 % confidence interval. `compared`:
/// the best mean is emphasised, and those not distinguishable from it (compare_cells); of a metric that aims at a value
/// those means whose interval holds it.
std::vector<TableEntry> metric_entries(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
                                       bool compared);

/// What the numbers of a table mean, for its notes: interval and emphasis, then each metric's convention.
std::vector<std::string> metric_notes(const std::vector<const MetricEntry*>& metrics);

/// What one sample costs against the posterior's mean, for every table with PSNR; else nothing.
std::vector<std::string> sample_notes(const std::vector<const MetricEntry*>& metrics);

/// How many groups the images are of; nothing where each stands alone.
std::vector<std::string> group_notes(const std::vector<CellResult>& cells);

/// Where the numbers are from, for a table's notes: data set, prior, precision, seed, groups; unfinished cells.
std::vector<std::string> provenance_notes(const std::vector<CellResult>& cells);

}  // namespace dpsbench
