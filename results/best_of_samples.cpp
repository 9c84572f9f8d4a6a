#include "results/best_of_samples.h"

#include "metrics/registry.h"

namespace dpsbench {
namespace {

/// [N, S] -> [N].
Tensor best_of(const Tensor& values, Better better) {
  switch (better) {
    case Better::higher:
      return values.amax(1);
    case Better::lower:
      return values.amin(1);
    case Better::near_one:
      return values.gather(1, (values - 1).abs().argmin(1, true)).squeeze(1);
  }
  return values;
}

}  // namespace

void keep_best_samples(std::vector<CellResult>& cells) {
  for (CellResult& cell : cells)
    for (auto& [name, values] : cell.metrics) {
      if (values.dim() != 2) continue;
      cell.attributes["samples_shown"] = fmt::format("best of {} samples", values.size(1));
      values = best_of(values, find_metric(name).better);
    }
}

}  // namespace dpsbench
