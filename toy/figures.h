#pragma once
#include "results/figures/figure.h"
#include "toy/profile_analysis.h"

namespace dpsbench {

/// The density in the plane of the profile's coordinate and its neighbour, with samples of it (Figure 9a). Of more than
/// two dimensions the other coordinates are integrated out.
Figure density_figure(const ToyExperiment& experiment);

/// The samples of each window of a method beside the closed form (Figure 9b).
Figure windows_figure(const ToyExperiment& experiment, const ToyMethod& method, const ToyTruth& truth,
                      const ProfileAnalysis& analysis);

/// The profiles of all methods with their bootstrap bands, and the closed form (Figure 9c).
Figure profile_figure(const ToyExperiment& experiment, const ToyTruth& truth,
                      const std::vector<ProfileAnalysis>& analyses);

/// The errors of the profiles alone: what the eye cannot see beside 6 kT.
Figure error_figure(const ToyExperiment& experiment, const ToyTruth& truth,
                    const std::vector<ProfileAnalysis>& analyses);

}  // namespace dpsbench
