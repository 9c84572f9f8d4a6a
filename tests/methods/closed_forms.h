#pragma once
#include <gtest/gtest.h>

#include <cmath>

#include "priors/mixture/prior.h"
#include "tasks/parts/spectral_operator.h"
#include "tests/methods/problems.h"

namespace dpsbench {

/// y = A x with a dense matrix [m, n], m <= n, the same for every image. Its singular value decomposition is LAPACK's.
class MatrixOperator final : public SpectralOperator {
 public:
  MatrixOperator(const Tensor& matrix, const ImageShape& shape) : matrix_(matrix), shape_(shape) {
    std::tie(u_, s_, vh_) = at::linalg_svd(matrix, /*full_matrices=*/true);
  }

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return x.flatten(1).matmul(matrix_.t()); }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& w) const override { return image(w.matmul(matrix_)); }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return {matrix_.size(0)}; }
  [[nodiscard]] const Tensor& matrix() const { return matrix_; }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override { return x.flatten(1).matmul(vh_.t()); }
  [[nodiscard]] Tensor v(const Tensor& z) const override { return image(z.matmul(vh_)); }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override {
    return at::constant_pad_nd(y.matmul(u_), {0, vh_.size(0) - u_.size(0)});
  }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return z.narrow(1, 0, u_.size(0)).matmul(u_.t()); }
  [[nodiscard]] Tensor singular_values() const override {
    return at::constant_pad_nd(s_, {0, vh_.size(0) - s_.size(0)}).unsqueeze(0);
  }

 private:
  [[nodiscard]] Tensor image(const Tensor& flat) const { return flat.reshape(shape_.batch(flat.size(0))); }
  Tensor matrix_;
  ImageShape shape_;
  Tensor u_;
  Tensor s_;
  Tensor vh_;
};

/// A single Gaussian as a prior, in double.
inline GaussianMixturePrior gaussian_prior(const Tensor& mean, const Tensor& covariance, const ImageShape& shape) {
  return {GaussianMixture::of_covariances(at::zeros({1}, in_double()), mean.unsqueeze(0), covariance.unsqueeze(0)),
          shape, in_double()};
}

/// N(0, I) on 1 x 2 x 2 images.
inline GaussianMixturePrior standard_prior() {
  return gaussian_prior(at::zeros({4}, in_double()), at::eye(4, in_double()), {1, 2, 2});
}

/// A Gaussian with correlated pixels on 1 x 2 x 2 images.
inline GaussianMixturePrior correlated_prior() {
  const Tensor root =
      at::tensor({0.5, 0.0, 0.0, 0.0, 0.3, 0.4, 0.0, 0.0, -0.2, 0.1, 0.6, 0.0, 0.1, 0.2, 0.1, 0.35}, in_double())
          .reshape({4, 4});
  return gaussian_prior(at::tensor({0.2, -0.4, 0.1, 0.3}, in_double()), root.matmul(root.t()), {1, 2, 2});
}

/// A 2 x 4 matrix with unequal singular values below 1.
inline MatrixOperator wide_operator() {
  return {at::tensor({0.5, -0.3, 0.2, 0.4, 0.1, 0.6, 0.3, -0.2}, in_double()).reshape({2, 4}), {1, 2, 2}};
}

/// The posterior of one measurement y [m] as a prior of its own: its denoiser is E[x_0 | x_t, y].
inline GaussianMixturePrior posterior_prior(const GaussianMixturePrior& prior, const Tensor& matrix, const Tensor& y,
                                            double sigma_y) {
  return {linear_posterior(prior.mixture(), matrix, y, sigma_y), prior.shape(), in_double()};
}

/// Mean [D] and covariance [D, D] of a single-Gaussian prior.
inline std::pair<Tensor, Tensor> law_of(const GaussianMixturePrior& prior) {
  return {prior.mixture().means[0], prior.mixture().covariances()[0]};
}

/// Samples [B, ...] against a Gaussian law: mean within `mean_error` of each standard deviation, covariance entries
/// within `covariance_error` of the product of theirs, both on top of four standard errors.
inline void expect_gaussian(const Tensor& samples, const std::pair<Tensor, Tensor>& law, double mean_error,
                            double covariance_error) {
  const Tensor x = samples.flatten(1);
  const auto count = static_cast<double>(x.size(0));
  const auto& [mean, covariance] = law;
  const Tensor deviation = covariance.diag().sqrt();
  const Tensor centred = x - x.mean(0);
  const Tensor empirical = centred.t().matmul(centred) / (count - 1);
  const Tensor off_mean = ((x.mean(0) - mean) / deviation).abs();
  const Tensor off_covariance = ((empirical - covariance) / deviation.outer(deviation)).abs();
  EXPECT_LT(off_mean.max().item<double>(), mean_error + 4 / std::sqrt(count)) << "means, in standard deviations";
  EXPECT_LT(off_covariance.max().item<double>(), covariance_error + 4 * std::sqrt(2 / count))
      << "covariances, over the product of standard deviations";
}

}  // namespace dpsbench
