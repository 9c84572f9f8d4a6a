#pragma once
#include "results/formats/table.h"
#include "toy/profile_analysis.h"

namespace dpsbench {

/// The error of each method's profile, the closed form first. `analyses` as the experiment's methods.
Table toy_error_table(const ToyExperiment& experiment, const ToyTruth& truth,
                      const std::vector<ProfileAnalysis>& analyses);

/// The Kolmogorov-Smirnov test of every window, a section a method.
Table toy_window_table(const ToyExperiment& experiment, const std::vector<ProfileAnalysis>& analyses);

}  // namespace dpsbench
