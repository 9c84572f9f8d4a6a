#include "methods/parts/state_projection.h"

namespace dpsbench {

StateProjection::StateProjection(const Tensor& state, double share) {
  const auto [u, s, vh] = at::linalg_svd(state, /*full_matrices=*/false);  // s: [B, C, k]
  const Tensor square = s.square();
  const Tensor explained = square.cumsum(2) / square.sum(2, true);
  const Tensor ranks = (explained < share).sum(2) + 1;           // [B, C]
  const Tensor rank = ranks.sum(1).div(state.size(1), "floor");  // [B]
  const Tensor numbers = at::arange(s.size(2), rank.options());
  const Tensor kept = (numbers.unsqueeze(0) < rank.unsqueeze(1)).to(state.scalar_type());  // [B, k]
  u_ = u * kept.reshape({-1, 1, 1, kept.size(1)});
  vh_ = vh * kept.reshape({-1, 1, kept.size(1), 1});
}

Tensor StateProjection::of(const Tensor& gradient) const {
  return u_.matmul(u_.transpose(2, 3).matmul(gradient).matmul(vh_.transpose(2, 3))).matmul(vh_);
}

}  // namespace dpsbench
