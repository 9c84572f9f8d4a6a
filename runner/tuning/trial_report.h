#pragma once
#include <filesystem>
#include <vector>

#include "metrics/registry.h"
#include "results/figures/figure.h"
#include "results/formats/table.h"
#include "runner/tuning/trial.h"

namespace dpsbench {

/// Mean of the metric of what was chosen, over all images.
double chosen_value(const Trial& trial, const MetricEntry& metric);

/// What was chosen for each method and setting, and how many of the others cannot be told from it.
Table choice_table(const std::vector<Trial>& trials, const MetricEntry& metric);

/// Every candidate: how far it came, its mean, and its difference from what was chosen on the images both have seen.
Table candidate_table(const std::vector<Trial>& trials, const MetricEntry& metric);

/// For every tuned option that is a number: the differences from what was chosen, against the option's value.
std::vector<Figure> option_curves(const std::vector<Trial>& trials, const MetricEntry& metric);

/// Writes OUTPUT/tables/{chosen,candidates}.{md,tex,csv} and OUTPUT/figures/, and prints the choices.
void write_trial_report(const std::vector<Trial>& trials, const MetricEntry& metric,
                        const std::filesystem::path& output);

}  // namespace dpsbench
