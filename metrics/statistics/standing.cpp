#include "metrics/statistics/standing.h"

#include "metrics/statistics/against_best.h"

namespace dpsbench {

std::vector<Standing> standings(const std::vector<std::vector<double>>& losses, const Groups& groups, double alpha) {
  const AgainstBest found = against_best(losses, groups);
  std::vector<Standing> result;
  for (const double p : found.p_values) result.push_back(p <= alpha ? Standing::behind : Standing::tied);
  result.at(found.best) = Standing::best;
  return result;
}

}  // namespace dpsbench
