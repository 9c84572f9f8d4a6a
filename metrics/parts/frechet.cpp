#include "metrics/parts/frechet.h"

#include <algorithm>
#include <tuple>

#include "core/error.h"

namespace dpsbench {
namespace {

struct Moments {
  Tensor mean;        // [F]
  Tensor covariance;  // [F, F]
};

Moments moments(const Tensor& features) {
  const Tensor x = features.to(at::kCPU, at::kDouble);
  const Tensor mean = x.mean(0);
  const Tensor centred = x - mean;
  return {mean, centred.t().matmul(centred) / (x.size(0) - 1)};
}

/// tr (a b)^(1/2) for symmetric positive semidefinite matrices.
Tensor trace_of_root_of_product(const Tensor& a, const Tensor& b) {
  const auto [values, vectors] = at::linalg_eigh(a);
  const Tensor root = (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
  return at::linalg_eigvalsh(root.matmul(b).matmul(root)).clamp_min(0).sqrt().sum();
}

}  // namespace

double frechet_distance(const Tensor& first, const Tensor& second) {
  for (const Tensor& features : {first, second})
    if (features.dim() != 2 || features.size(0) < 2 || features.size(1) != first.size(1))
      throw Error(fmt::format("the Frechet distance takes features [N, F] and [M, F], N, M >= 2; one is [{}]",
                              fmt::join(features.sizes(), ", ")));
  const Moments a = moments(first);
  const Moments b = moments(second);
  const Tensor distance = (a.mean - b.mean).square().sum() + a.covariance.trace() + b.covariance.trace() -
                          2 * trace_of_root_of_product(a.covariance, b.covariance);
  return std::max(0.0, distance.item<double>());  // rounding may leave equal sets just below
}

}  // namespace dpsbench
