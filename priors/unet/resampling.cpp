#include "priors/unet/resampling.h"

namespace dpsbench {
namespace {

/// [.., 2 n + 2, ..] -> [.., n, ..] in one direction, by sums: convolutions choose their order of sums by the batch.
Tensor halved_along(const Tensor& x, std::int64_t dim) {
  const std::int64_t size = x.size(dim);
  const auto every_second = [&](std::int64_t first) { return x.slice(dim, first, size - 3 + first, 2); };
  return (every_second(0) + every_second(3) + (every_second(1) + every_second(2)) * 3) / 8;
}

/// [.., n, ..] -> [.., 2 n + 2, ..]
Tensor halved_back_along(const Tensor& gradient, std::int64_t dim) {
  // the even ones: 1 of the pixel, 3 of the one before it; the odd ones: 3 and 1
  std::vector<std::int64_t> behind(2 * (4 - dim), 0);
  std::vector<std::int64_t> before(2 * (4 - dim), 0);
  behind.back() = before[before.size() - 2] = 1;
  const Tensor own = at::constant_pad_nd(gradient, behind);
  const Tensor previous = at::constant_pad_nd(gradient, before);
  return (at::stack({own + previous * 3, own * 3 + previous}, dim + 1) / 8).flatten(dim, dim + 1);
}

}  // namespace

Tensor smoothly_halved(const Tensor& x) { return halved_along(halved_along(x, 2), 3); }

Tensor smoothly_halved_back(const Tensor& gradient) { return halved_back_along(halved_back_along(gradient, 2), 3); }

}  // namespace dpsbench
