#pragma once
#include <cstdint>

#include "core/tensor.h"

namespace dpsbench {

/// A free-energy profile in kT, F_i = -log(p_i / width) of bins with probabilities p [..., M]; infinite for bins
/// without any. Profiles of normalised densities need no common constant: they can be compared as they are.
Tensor free_energy(const Tensor& probabilities, double bin_width);

/// The bins of a profile's two deepest minima and of the barrier, the highest point between them.
struct DoubleWell {
  std::int64_t first = 0;
  std::int64_t barrier = 0;
  std::int64_t second = 0;
};

/// Finds them in a profile [M] without noise. Throws Error when it has fewer than two minima.
DoubleWell double_well_of(const Tensor& profile);

/// How far an estimated profile is from the true one, over the bins where the true one is near its minimum.
struct ProfileError {
  double root_mean_square = 0;  ///< kT, over the bins that have an estimate
  double greatest = 0;          ///< kT
  std::int64_t bins = 0;        ///< near the minimum
  std::int64_t empty = 0;       ///< of them without samples: no estimate
};

/// Compares profiles [M] where truth <= its minimum + within (kT).
ProfileError profile_error(const Tensor& estimate, const Tensor& truth, double within);

}  // namespace dpsbench
