#include "metrics/statistics/standing.h"

#include "core/error.h"
#include "metrics/statistics/paired.h"

namespace dpsbench {

std::vector<Standing> standings(const std::vector<std::vector<double>>& losses, double alpha) {
  if (losses.empty()) throw Error("standings need at least one method");
  std::size_t best = 0;
  for (std::size_t k = 1; k < losses.size(); ++k)
    if (mean_of(losses[k]) < mean_of(losses[best])) best = k;

  std::vector<double> p_values;
  for (std::size_t k = 0; k < losses.size(); ++k)
    if (k != best) p_values.push_back(paired_comparison(losses[k], losses[best]).p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);

  std::vector<Standing> result;
  for (const double p : adjusted) result.push_back(p <= alpha ? Standing::behind : Standing::tied);
  result.insert(result.begin() + static_cast<std::ptrdiff_t>(best), Standing::best);
  return result;
}

}  // namespace dpsbench
