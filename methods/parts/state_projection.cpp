#include "methods/parts/state_projection.h"

namespace dpsbench {

Tensor kept_to_state(const Tensor& gradient, const Tensor& state, double share) {
  const auto [u, s, vh] = at::linalg_svd(state, /*full_matrices=*/false);  // s: [B, C, k]
  const Tensor square = s.square();
  const Tensor explained = square.cumsum(2) / square.sum(2, true);
  const Tensor ranks = (explained < share).sum(2) + 1;           // [B, C]
  const Tensor rank = ranks.sum(1).div(state.size(1), "floor");  // [B]
  const Tensor numbers = at::arange(s.size(2), rank.options());
  const Tensor kept = (numbers.unsqueeze(0) < rank.unsqueeze(1)).to(state.scalar_type());  // [B, k]
  const Tensor u_r = u * kept.reshape({-1, 1, 1, kept.size(1)});
  const Tensor v_r = vh * kept.reshape({-1, 1, kept.size(1), 1});
  return u_r.matmul(u_r.transpose(2, 3).matmul(gradient).matmul(v_r.transpose(2, 3))).matmul(v_r);
}

}  // namespace dpsbench
