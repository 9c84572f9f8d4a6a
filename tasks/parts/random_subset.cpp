#include "tasks/parts/random_subset.h"

namespace dpsbench {

Tensor random_subset(std::int64_t count, std::int64_t total, const Noise& noise, std::int64_t step) {
  const Tensor scores = noise.uniform(Purpose::mask, step, {total}, at::kFloat);
  // stable: equal scores, which 23 bits allow, keep their order everywhere
  return at::argsort(scores, /*stable=*/true, /*dim=*/1, /*descending=*/false).slice(1, 0, count);
}

}  // namespace dpsbench
