#include "tasks/parts/gram_factor.h"

namespace dpsbench {

GramFactor::GramFactor(const Tensor& matrices, const at::Device& device) {
  for (const Tensor& matrix : matrices.unbind(0)) {
    const auto [values, vectors] = at::linalg_eigh(at::matmul(matrix, matrix.t()));
    values_.push_back(values.clamp_min(0).unsqueeze(1).to(device));
    vectors_.push_back(vectors.contiguous().to(device));
  }
}

Tensor GramFactor::solve(const Tensor& r, double c) const {
  std::vector<Tensor> solved;
  for (std::size_t b = 0; b < vectors_.size(); ++b) {
    const Tensor planes = r[static_cast<std::int64_t>(b)].flatten(1).t().to(at::kDouble);  // [m, C]
    const Tensor coordinates = at::matmul(vectors_[b].t(), planes) / (values_[b] + c);
    solved.push_back(at::matmul(vectors_[b], coordinates).t());
  }
  return at::stack(solved).reshape(r.sizes()).to(r.scalar_type());
}

}  // namespace dpsbench
