#include "runner/tuning/rungs.h"

#include <algorithm>
#include <numeric>

namespace dpsbench {

Rungs make_rungs(std::int64_t images) {
  Rungs rungs;
  for (const std::int64_t share : {4, 2, 1}) {
    const std::int64_t seen = (images + share - 1) / share;
    if (rungs.images.empty() || seen > rungs.images.back()) rungs.images.push_back(seen);
  }
  return rungs;
}

std::size_t left_on_rung(std::size_t candidates, std::size_t rung) {
  for (std::size_t k = 0; k < rung; ++k) candidates = (candidates + 1) / 2;
  return candidates;
}

double halving_cost(const Rungs& rungs, std::vector<double> costs, const std::vector<double>& staying) {
  std::ranges::sort(costs, std::greater<>());
  double total = static_cast<double>(rungs.images.back()) * std::accumulate(staying.begin(), staying.end(), 0.0);
  std::int64_t before = 0;
  for (std::size_t rung = 0; rung < rungs.images.size(); ++rung) {
    const auto images = static_cast<double>(rungs.images[rung] - before);
    for (std::size_t k = 0; k < left_on_rung(costs.size(), rung); ++k) total += images * costs[k];
    before = rungs.images[rung];
  }
  return total;
}

}  // namespace dpsbench
