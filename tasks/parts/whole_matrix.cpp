#include "tasks/parts/whole_matrix.h"

#include <limits>

namespace dpsbench {
namespace {

/// matrix [r, c] on each image's numbers: [B, c] -> [B, r]. A product an image, of numbers that lie alike in memory, so
/// that the batch does not change how they are summed.
Tensor on_each(const Tensor& matrix, const Tensor& numbers) {
  std::vector<Tensor> products;
  for (const Tensor& image : numbers.unbind()) products.push_back(at::mv(matrix, image.clone()));
  return at::stack(products);
}

}  // namespace

WholeMatrix::WholeMatrix(const Tensor& matrix, const ImageShape& shape, const TensorOptions& options)
    : matrix_(matrix.to(options)), shape_(shape) {
  const auto parts = decomposed(matrix);
  u_ = parts->u.to(options);
  v_ = parts->v.to(options);
  // what the number type cannot tell from the null space belongs to it
  const double epsilon =
      options.dtype() == at::kDouble ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
  const Tensor least = parts->s.max() * (epsilon * static_cast<double>(matrix.size(1)));
  const Tensor clean = at::where(parts->s > least, parts->s, 0);
  s_ = at::constant_pad_nd(clean, {0, matrix.size(1) - matrix.size(0)}).unsqueeze(0).to(options);
}

Tensor WholeMatrix::forward(const Tensor& x) const { return on_each(matrix_, x.flatten(1)); }

Tensor WholeMatrix::vjp(const Tensor&, const Tensor& w) const {
  return on_each(matrix_.t(), w).reshape(shape_.batch(w.size(0)));
}

std::map<std::string, Tensor> WholeMatrix::ingredients() const { return {{"matrix", matrix_.unsqueeze(0)}}; }

Tensor WholeMatrix::v_transpose(const Tensor& x) const { return on_each(v_.t(), x.flatten(1)); }

Tensor WholeMatrix::v(const Tensor& z) const { return on_each(v_, z).reshape(shape_.batch(z.size(0))); }

Tensor WholeMatrix::u_transpose(const Tensor& y) const {
  return at::constant_pad_nd(on_each(u_.t(), y), {0, matrix_.size(1) - matrix_.size(0)});
}

Tensor WholeMatrix::u(const Tensor& z) const { return on_each(u_, z.narrow(1, 0, matrix_.size(0))); }

}  // namespace dpsbench
