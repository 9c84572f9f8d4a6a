#pragma once
#include "core/method.h"

namespace dpsbench {

/// ||A x - y||^2 over what was measured, of each image: [B]. residual: [B, ...].
inline Tensor measured_square(const Operator& op, const Tensor& residual) {
  const Tensor measured = op.measured();
  const Tensor counted = measured.defined() ? residual * measured : residual;
  return image_dot(counted, counted);
}

/// How many numbers were measured of each image: [B]. like: a residual, [B, ...].
inline Tensor measured_count(const Operator& op, const Tensor& like) {
  const Tensor measured = op.measured();
  return (measured.defined() ? measured.to(like.scalar_type()).expand_as(like) : at::ones_like(like)).flatten(1).sum(1);
}

}  // namespace dpsbench
