#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "priors/levy/chain_stream.h"

namespace dpsbench {

/// What the increments u_k = x_k - x_{k-1}, x_{-1} = 0, of a signal are: independent, each a Gaussian whose variance is
/// itself drawn. Such signals are samples of Levy processes (Unser & Tafti 2014).
enum class IncrementLaw {
  gaussian,           ///< N(0, scale^2)
  laplace,            ///< density exp(-|u| / scale) / (2 scale)
  student,            ///< scale times Student's t
  bernoulli_laplace,  ///< 0, or with probability `jumps` a Laplace number: piecewise constant signals
};

struct LevyLaw {
  IncrementLaw increments = IncrementLaw::laplace;
  double scale = 1;    ///< > 0
  double freedom = 3;  ///< student: degrees of freedom, > 0
  double jumps = 0.1;  ///< bernoulli_laplace: probability that an increment is not 0, in (0, 1)

  /// The variance v of an increment that is not 0, from its prior: u | v ~ N(0, v).
  double draw_variance(ChainStream& stream) const;

  /// v given the increment.
  double draw_variance_given(double increment, ChainStream& stream) const;

  /// A signal of the law, of any length.
  [[nodiscard]] std::vector<double> draw_signal(std::int64_t length, ChainStream& stream) const;
};

/// "gaussian", "laplace", "student", "bernoulli_laplace", in the order of the enumeration.
const std::vector<std::string>& increment_law_names();

}  // namespace dpsbench
