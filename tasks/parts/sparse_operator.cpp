#include "tasks/parts/sparse_operator.h"

namespace dpsbench {

Tensor SparsePair::dense(const Tensor& row, const Tensor& column, const Tensor& value) const {
  const std::int64_t columns = matrix.columns();
  return at::zeros({matrix.rows() * columns}, at::kDouble)
      .index_add(0, row * columns + column, value.to(at::kDouble))
      .reshape({matrix.rows(), columns});
}

const GramFactor* SparsePair::gram() const {
  if (!dense_.defined()) return nullptr;
  std::call_once(factored_, [this] { factor_.emplace(dense_.unsqueeze(0), matrix.weights().device()); });
  return &*factor_;
}

SparseOperator::SparseOperator(std::shared_ptr<const SparsePair> pair, std::vector<std::int64_t> one_product,
                               const ImageShape& shape)
    : pair_(std::move(pair)),
      products_(shape.elements() / pair_->matrix.columns()),
      one_product_(std::move(one_product)),
      shape_(shape),
      // |A|_2^2 <= |A|_inf |A|_1
      regularisation_(1e-3 * pair_->matrix.greatest_row() * pair_->transposed.greatest_row()) {}

Tensor SparseOperator::forward(const Tensor& x) const {
  std::vector<std::int64_t> sizes = measurement_shape();
  sizes.insert(sizes.begin(), x.size(0));
  return pair_->matrix.times(x.reshape({x.size(0) * products_, -1})).reshape(sizes);
}

Tensor SparseOperator::vjp(const Tensor&, const Tensor& v) const {
  return pair_->transposed.times(v.reshape({v.size(0) * products_, -1})).reshape(shape_.batch(v.size(0)));
}

Tensor SparseOperator::pseudo_inverse(const Tensor& y) const { return adjoint(solve_gram(y, regularisation_)); }

Tensor SparseOperator::solve_gram(const Tensor& r, double c) const {
  const GramFactor* factor = pair_->gram();
  if (factor == nullptr) return Operator::solve_gram(r, c);
  std::vector<Tensor> solved;
  for (const Tensor& image : r.split(1)) solved.push_back(factor->solve(image, c));
  return at::cat(solved);
}

std::vector<std::int64_t> SparseOperator::measurement_shape() const {
  std::vector<std::int64_t> sizes = {products_};
  sizes.insert(sizes.end(), one_product_.begin(), one_product_.end());
  return sizes;
}

std::map<std::string, Tensor> SparseOperator::ingredients() const {
  return {{"places", pair_->matrix.places().to(at::kLong)}, {"weights", pair_->matrix.weights()}};
}

}  // namespace dpsbench
