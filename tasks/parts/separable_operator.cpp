#include "tasks/parts/separable_operator.h"

#include <algorithm>
#include <limits>

#include "tasks/parts/decomposed_matrix.h"
#include "tasks/parts/matrix_products.h"

namespace dpsbench {

SeparableOperator::Axis SeparableOperator::decompose(const Tensor& matrix, const TensorOptions& options) {
  const auto parts = decomposed(matrix);
  const Tensor padded = at::constant_pad_nd(parts->s, {0, matrix.size(1) - matrix.size(0)});
  return {matrix.to(options), parts->u.to(options), parts->v.to(options), padded};
}

SeparableOperator::SeparableOperator(const Tensor& along_height, const Tensor& along_width, const ImageShape& shape,
                                     const TensorOptions& options)
    : height_(decompose(along_height, options)), width_(decompose(along_width, options)), shape_(shape) {
  const Tensor plane = at::outer(height_.s, width_.s).flatten();
  // what the number type cannot tell from the null space belongs to it
  const double epsilon =
      options.dtype() == at::kDouble ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  const double side = static_cast<double>(std::max(shape.height, shape.width));
  const Tensor clean = at::where(plane > plane.max() * (side * epsilon), plane, 0);
  singular_values_ = clean.repeat({shape.channels}).unsqueeze(0).to(options);
}

Tensor SeparableOperator::forward(const Tensor& x) const { return on_axes(height_.matrix, x, width_.matrix); }

Tensor SeparableOperator::vjp(const Tensor&, const Tensor& v) const {
  return on_axes(height_.matrix.t(), v, width_.matrix.t());
}

Tensor SeparableOperator::v_transpose(const Tensor& x) const {
  return on_axes(height_.v.t(), x, width_.v.t()).flatten(1);
}

Tensor SeparableOperator::v(const Tensor& z) const {
  return on_axes(height_.v, z.reshape(shape_.batch(z.size(0))), width_.v);
}

Tensor SeparableOperator::u_transpose(const Tensor& y) const {
  const Tensor coordinates = on_axes(height_.u.t(), y, width_.u.t());
  return at::constant_pad_nd(coordinates, {0, shape_.width - y.size(3), 0, shape_.height - y.size(2)}).flatten(1);
}

Tensor SeparableOperator::u(const Tensor& z) const {
  const Tensor plane = z.reshape(shape_.batch(z.size(0)));
  const Tensor reached = plane.slice(2, 0, height_.u.size(0)).slice(3, 0, width_.u.size(0));
  return on_axes(height_.u, reached, width_.u);
}

}  // namespace dpsbench
