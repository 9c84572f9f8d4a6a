#include "priors/levy/law.h"

#include <cmath>

namespace dpsbench {

double LevyLaw::draw_variance(ChainStream& stream) const {
  switch (increments) {
    case IncrementLaw::gaussian:
      return scale * scale;
    case IncrementLaw::student:
      return scale * scale * 0.5 * freedom / stream.gamma(freedom / 2);
    case IncrementLaw::laplace:
    case IncrementLaw::bernoulli_laplace:
      break;
  }
  return 2 * scale * scale * stream.exponential();  // Andrews & Mallows 1974
}

double LevyLaw::draw_variance_given(double increment, ChainStream& stream) const {
  const double u = increment / scale;
  switch (increments) {
    case IncrementLaw::gaussian:
      return scale * scale;
    case IncrementLaw::student:
      return scale * scale * 0.5 * (freedom + u * u) / stream.gamma((freedom + 1) / 2);
    case IncrementLaw::laplace:
    case IncrementLaw::bernoulli_laplace:
      break;
  }
  return scale * scale / stream.inverse_gaussian(std::abs(u), 1);  // Park & Casella 2008
}

std::vector<double> LevyLaw::draw_signal(std::int64_t length, ChainStream& stream) const {
  std::vector<double> signal;
  double x = 0;
  for (std::int64_t k = 0; k < length; ++k) {
    const bool moves = increments != IncrementLaw::bernoulli_laplace || stream.uniform() < jumps;
    if (moves) x += std::sqrt(draw_variance(stream)) * stream.normal();
    signal.push_back(x);
  }
  return signal;
}

const std::vector<std::string>& increment_law_names() {
  static const std::vector<std::string> names = {"gaussian", "laplace", "student", "bernoulli_laplace"};
  return names;
}

}  // namespace dpsbench
