#pragma once
#include "metrics/statistics/kolmogorov_smirnov.h"
#include "toy/experiment.h"
#include "toy/free_energy.h"
#include "toy/line_mixture.h"

namespace dpsbench {

/// The closed form that estimates are held against.
struct ToyTruth {
  Tensor edges;    ///< [bins + 1]
  Tensor middles;  ///< [bins]
  Tensor profile;  ///< [bins] kT, of the density normalised on the range
  DoubleWell well;
};

/// Throws Error when the profile has fewer than two minima in the range.
ToyTruth toy_truth(const ToyExperiment& experiment);

/// A number with the half-width of its 95 % bootstrap interval.
struct Uncertain {
  double value = 0;
  double half_width = 0;
};

/// One window's samples against the law they should follow.
struct WindowCheck {
  double centre = 0;
  GoodnessOfFit fit;      ///< Kolmogorov-Smirnov, against the closed-form law of the window
  double adjusted_p = 1;  ///< Holm's, over the method's windows
  Tensor density;         ///< [bins] of the samples, per unit length
  Tensor law;             ///< [bins] the closed form's mean in each bin
};

/// The free-energy profile of one method's windows and how wrong it is.
struct ProfileAnalysis {
  Tensor profile;  ///< [bins] kT, by WHAM; infinite in bins without samples
  Tensor lower;    ///< [bins] ends of its 95 % bootstrap intervals
  Tensor upper;
  ProfileError error;
  double rms_half_width = 0;  ///< of the 95 % bootstrap intervals of error's members
  double greatest_half_width = 0;
  double noise = 0;      ///< kT: root mean square of the bootstrap deviations, what chance alone explains
  Uncertain first_well;  ///< kT from the first well's bottom up to the barrier
  Uncertain second_well;
  ProfileError mbar_error;      ///< of the profile by MBAR, from the same samples
  double mbar_distance = 0;     ///< kT: greatest between WHAM's and MBAR's profile near the minimum
  std::int64_t iterations = 0;  ///< of WHAM
  std::int64_t outside = 0;     ///< samples outside the range: left out
  std::vector<WindowCheck> windows;

  /// Windows whose samples do not follow their law at the 5 % level, Holm-adjusted.
  [[nodiscard]] std::int64_t rejected() const;
  [[nodiscard]] double smallest_p() const;  ///< adjusted
  [[nodiscard]] double greatest_d() const;
};

/// Unbiases the samples [windows, samples, D] of one method and compares with the closed form. The density is taken as
/// that on the range: samples outside of it are left out. Throws NumericError when WHAM does not settle.
ProfileAnalysis analyse_profile(const ToyExperiment& experiment, const ToyMethod& method, const ToyTruth& truth,
                                const Tensor& samples);

}  // namespace dpsbench
