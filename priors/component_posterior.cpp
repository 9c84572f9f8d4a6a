#include "priors/component_posterior.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

namespace dpsbench {
namespace {

/// Row b of a tensor with a row an image, or of one with a row for all.
Tensor row_of(const Tensor& rows, std::int64_t b) { return rows[rows.size(0) == 1 ? 0 : b]; }

}  // namespace

/// What x_0 is to each component when every basis component i of it is seen with noise variance 1 / total_i: the
/// covariance of what is seen is E_k = diag(spread_k) + F_k F_k^T, spread_k = rest_k + 1 / total.
struct ComponentPosterior::View {
  Tensor total;            ///< [D]
  Tensor spread;           ///< [K, D]
  Tensor inner;            ///< Cholesky factor of I + F^T diag(1 / spread) F, [K, R, R]
  Tensor half_log_volume;  ///< log det E_k / 2, [K]
};

ComponentPosterior::ComponentPosterior(const GaussianMixture& mixture, const ImageShape& shape,
                                       ComponentMeasurement measurement)
    : measurement_(std::move(measurement)) {
  const at::NoGradGuard no_grad;
  const TensorOptions of_state = measurement_.value.options();
  const std::int64_t images = measurement_.value.size(0);
  const auto in_basis = [&](const Tensor& vector) {  // [D] -> [B or 1, D]
    const Tensor same = vector.to(of_state).reshape(shape.batch(1)).expand(shape.batch(images));
    const Tensor all = measurement_.to_basis(same).to(at::kDouble);
    return measurement_.same_basis ? all.narrow(0, 0, 1) : all;
  };
  measurement_.value = measurement_.value.to(at::kDouble);
  measurement_.precision = measurement_.precision.to(at::kDouble);
  const GaussianMixture fine = mixture.to(of_state.dtype(at::kDouble));
  log_weights_ = fine.log_weights;
  rest_ = fine.rest_variance.unsqueeze(1);
  const Tensor above_rest = (fine.variances - rest_).clamp_min(0).sqrt().unsqueeze(1);
  const Tensor factors = fine.basis * above_rest;  // [K, D, R]
  std::vector<Tensor> means;
  std::vector<Tensor> rotated;
  for (std::int64_t k = 0; k < fine.components(); ++k) {
    means.push_back(in_basis(fine.means[k]));
    std::vector<Tensor> columns;
    for (const Tensor& column : factors[k].unbind(1)) columns.push_back(in_basis(column));
    rotated.push_back(at::stack(columns, 2));
  }
  means_ = at::stack(means, 1);
  factors_ = at::stack(rotated, 1);
}

ComponentPosterior::View ComponentPosterior::view(std::int64_t image, double precision_of_state) const {
  View view;
  const Tensor f = row_of(factors_, image);
  view.total = row_of(measurement_.precision, image) + precision_of_state;
  view.spread = rest_ + view.total.reciprocal();
  const Tensor gram = at::matmul(f.mT(), f / view.spread.unsqueeze(2));
  view.inner = at::linalg_cholesky(gram + at::eye(gram.size(1), gram.options()));
  view.half_log_volume = view.spread.log().sum(1) * 0.5 + view.inner.diagonal(0, 1, 2).log().sum(1);
  return view;
}

/// E[x_0 | what is seen] of one image in the basis, observed [D] -> [D].
Tensor ComponentPosterior::mean(const View& view, std::int64_t image, const Tensor& observed) const {
  const Tensor mu = row_of(means_, image);
  const Tensor f = row_of(factors_, image);
  const Tensor error = observed - mu;  // [K, D]
  const Tensor scaled = (error / view.spread).unsqueeze(2);
  const Tensor low = at::cholesky_solve(at::matmul(f.mT(), scaled), view.inner);
  const Tensor solved = scaled - at::matmul(f, low) / view.spread.unsqueeze(2);  // E_k^{-1} error, [K, D, 1]
  const Tensor log_evidence = log_weights_ - (error * solved.squeeze(2)).sum(1) * 0.5 - view.half_log_volume;
  const Tensor means = mu + rest_ * solved.squeeze(2) + at::matmul(f, at::matmul(f.mT(), solved)).squeeze(2);
  return (log_evidence.softmax(0).unsqueeze(1) * means).sum(0);
}

Tensor ComponentPosterior::score(const Tensor& x_t, const NoiseLevel& level) const {
  const at::NoGradGuard no_grad;
  const double root = std::sqrt(level.alpha_bar);
  const double of_state = level.alpha_bar / (1 - level.alpha_bar);
  const Tensor x = measurement_.to_basis(x_t).to(at::kDouble);  // [B, D]
  const bool one_view = measurement_.same_basis && measurement_.precision.size(0) == 1;
  View seen = view(0, of_state);
  std::vector<Tensor> means;
  for (std::int64_t b = 0; b < x.size(0); ++b) {
    if (!one_view && b > 0) seen = view(b, of_state);
    const Tensor measured = row_of(measurement_.precision, b) * measurement_.value[b];
    means.push_back(mean(seen, b, (measured + x[b] * (of_state / root)) / seen.total));
  }
  const Tensor x0 = measurement_.from_basis(at::stack(means).to(x_t.scalar_type()));
  return (x0 * root - x_t) * (1 / (1 - level.alpha_bar));
}

}  // namespace dpsbench
