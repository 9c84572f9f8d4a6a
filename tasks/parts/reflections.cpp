#include "tasks/parts/reflections.h"

namespace dpsbench {
namespace {

Tensor reflected(const Tensor& x, const Tensor& vector) { return x - vector * ((vector * x).sum(1, true) * 2); }

}  // namespace

Reflections::Reflections(std::int64_t m, std::int64_t n, const Noise& noise, std::int64_t step,
                         const TensorOptions& options) {
  const Tensor normals = noise.normal(Purpose::mask, step, {m, n}, options.dtype(at::kDouble));
  for (std::int64_t k = 0; k < m; ++k) {
    // H_k takes unit vector k to a random direction of the coordinates k, k + 1, ...
    const Tensor rest = normals.select(1, k).narrow(1, k, n - k);
    Tensor vector = rest / rest.norm(2, 1, true);
    vector.select(1, 0).sub_(1);
    vector = vector / vector.norm(2, 1, true).clamp_min(1e-12);
    vectors_.push_back(at::constant_pad_nd(vector, {k, 0}).to(options));
  }
}

Tensor Reflections::apply(const Tensor& z) const {
  Tensor x = z;
  for (auto vector = vectors_.rbegin(); vector != vectors_.rend(); ++vector) x = reflected(x, *vector);
  return x;
}

Tensor Reflections::transpose(const Tensor& x) const {
  Tensor z = x;
  for (const Tensor& vector : vectors_) z = reflected(z, vector);
  return z;
}

}  // namespace dpsbench
