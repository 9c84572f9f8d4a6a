#include "priors/mixture/mixture.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr double symmetry_tolerance = 1e-5;  // of the largest entry: files may hold float32

Tensor in_double(const Tensor& tensor) { return tensor.to(at::kCPU, at::kDouble); }

void check_shape(const char* name, const Tensor& tensor, const std::vector<std::int64_t>& wanted) {
  if (tensor.sizes() != at::IntArrayRef(wanted))
    throw DataError("the mixture's {} have shape [{}], wanted [{}]", name, fmt::join(tensor.sizes(), ", "),
                    fmt::join(wanted, ", "));
  if (!tensor.isfinite().all().item<bool>()) throw DataError("the mixture's {} hold numbers that are not finite", name);
}

/// Checks what both kinds of mixture have, and gives {K, D}.
std::pair<std::int64_t, std::int64_t> check_components(const Tensor& log_weights, const Tensor& means) {
  if (means.dim() != 2 || means.size(0) == 0 || means.size(1) == 0)
    throw DataError("the mixture's means have shape [{}], wanted [K, D]", fmt::join(means.sizes(), ", "));
  check_shape("means", means, means.sizes().vec());
  check_shape("log_weights", log_weights, {means.size(0)});
  return {means.size(0), means.size(1)};
}

}  // namespace

GaussianMixture GaussianMixture::of_covariances(const Tensor& log_weights, const Tensor& means,
                                                const Tensor& covariances) {
  const auto [k, d] = check_components(log_weights, means);
  check_shape("covariances", covariances, {k, d, d});
  const Tensor given = in_double(covariances);
  const Tensor tolerance = given.abs().amax({1, 2}) * symmetry_tolerance;
  if (((given - given.mT()).abs().amax({1, 2}) > tolerance).any().item<bool>())
    throw DataError("a covariance of the mixture is not symmetric");
  const auto [variances, basis] = at::linalg_eigh((given + given.mT()) / 2);
  if ((variances.amin(1) < -tolerance).any().item<bool>())
    throw DataError("a covariance of the mixture has a negative eigenvalue, {}", variances.min().item<double>());
  return {in_double(log_weights).log_softmax(0), in_double(means), basis, variances.clamp_min(0),
          at::zeros({k}, at::kDouble)};
}

GaussianMixture GaussianMixture::of_factors(const Tensor& log_weights, const Tensor& means, const Tensor& factors,
                                            const Tensor& noise) {
  const auto [k, d] = check_components(log_weights, means);
  if (factors.dim() != 3 || factors.size(2) == 0 || factors.size(2) > d)
    throw DataError("the mixture's factors have shape [{}], wanted [{}, {}, 1 to {}]", fmt::join(factors.sizes(), ", "),
                    k, d, d);
  check_shape("factors", factors, {k, d, factors.size(2)});
  check_shape("noise variances", noise, {k});
  if ((noise < 0).any().item<bool>()) throw DataError("the mixture's noise variances hold a negative one");
  const auto [basis, singular, right] = at::linalg_svd(in_double(factors), /*full_matrices=*/false);
  const Tensor rest = in_double(noise);
  return {in_double(log_weights).log_softmax(0), in_double(means), basis, singular.square() + rest.unsqueeze(1), rest};
}

Tensor GaussianMixture::covariances() const {
  const Tensor above_rest = (variances - rest_variance.unsqueeze(1)).unsqueeze(1);
  const Tensor rest = rest_variance.view({-1, 1, 1}) * at::eye(dimension(), means.options());
  return at::matmul(basis * above_rest, basis.mT()) + rest;
}

GaussianMixture GaussianMixture::to(const TensorOptions& options) const {
  return {log_weights.to(options), means.to(options), basis.to(options), variances.to(options),
          rest_variance.to(options)};
}

MixtureNoise MixtureNoise::of(const Noise& noise, Purpose purpose, std::int64_t draw, const GaussianMixture& mixture) {
  const TensorOptions options = mixture.means.options();
  return {noise.uniform(purpose, 2 * draw, {1}, options),
          noise.normal(purpose, 2 * draw + 1, {mixture.dimension()}, options)};
}

Tensor GaussianMixture::sample(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  return sample(MixtureNoise::of(noise, purpose, draw, *this));
}

Tensor GaussianMixture::sample(const MixtureNoise& noise) const {
  const at::NoGradGuard no_grad;
  const Tensor below = noise.uniform > log_weights.exp().cumsum(0).narrow(0, 0, components() - 1);  // [B, K - 1]
  const Tensor component = below.sum(1);
  const Tensor& n = noise.normal;
  const Tensor along = at::matmul(n, basis);  // [K, B, R]: n's coordinates in each component's basis
  const Tensor deviation = (variances.sqrt() - rest_variance.sqrt().unsqueeze(1)).unsqueeze(1);
  const Tensor all =
      means.unsqueeze(1) + at::matmul(along * deviation, basis.mT()) + n * rest_variance.sqrt().view({-1, 1, 1});
  return all.transpose(0, 1).take_along_dim(component.view({-1, 1, 1}), 1).squeeze(1);
}

std::pair<Tensor, Tensor> GaussianMixture::moments() const {
  const Tensor weights = log_weights.exp();
  const Tensor mean = at::matmul(weights, means);
  const Tensor above_rest = (variances - rest_variance.unsqueeze(1)).unsqueeze(1);
  const Tensor of_components = (basis.square() * above_rest).sum(2) + rest_variance.unsqueeze(1);
  return {mean, at::matmul(weights, of_components + (means - mean).square())};
}

GaussianMixture linear_posterior(const GaussianMixture& prior, const Tensor& a, const Tensor& y, double sigma) {
  if (y.dim() != 1) throw Error(fmt::format("a posterior needs y [m], not [{}]", fmt::join(y.sizes(), ", ")));
  return linear_posteriors(prior, a, y.unsqueeze(0), sigma).front();
}

std::vector<GaussianMixture> linear_posteriors(const GaussianMixture& prior, const Tensor& a, const Tensor& y,
                                               double sigma) {
  if (a.dim() != 2 || a.size(1) != prior.dimension() || y.dim() != 2 || y.size(1) != a.size(0) || !(sigma > 0))
    throw Error(fmt::format("a posterior needs A [m, {}], y [N, m] and sigma > 0, not [{}], [{}] and {}",
                            prior.dimension(), fmt::join(a.sizes(), ", "), fmt::join(y.sizes(), ", "), sigma));
  const at::NoGradGuard no_grad;
  const GaussianMixture mixture = prior.to(at::TensorOptions(at::kCPU).dtype(at::kDouble));
  const Tensor operation = in_double(a);
  const Tensor covariances = mixture.covariances();
  const Tensor a_sigma = at::matmul(operation, covariances);  // [K, m, D]
  const Tensor evidence = at::matmul(a_sigma, operation.t()) + sigma * sigma * at::eye(a.size(0), at::kDouble);
  const Tensor factor = at::linalg_cholesky(evidence);
  const Tensor gain = at::cholesky_solve(a_sigma, factor).mT();  // [K, D, m]
  // Joseph's form keeps rounding from making it indefinite
  const Tensor kept = at::eye(prior.dimension(), at::kDouble) - at::matmul(gain, operation);
  const Tensor narrowed =
      at::matmul(at::matmul(kept, covariances), kept.mT()) + sigma * sigma * at::matmul(gain, gain.mT());
  const GaussianMixture shape = GaussianMixture::of_covariances(mixture.log_weights, mixture.means, narrowed);

  std::vector<GaussianMixture> posteriors;
  for (const Tensor& measured : in_double(y).unbind(0)) {
    const Tensor residual = (measured - at::matmul(mixture.means, operation.t())).unsqueeze(2);
    // log N(y; A mu_k, A Sigma_k A^T + sigma^2 I), without the constant
    const Tensor whitened = at::linalg_solve_triangular(factor, residual, /*upper=*/false);
    const Tensor log_evidence = -0.5 * whitened.square().sum({1, 2}) - factor.diagonal(0, 1, 2).log().sum(1);
    posteriors.push_back(shape);
    posteriors.back().log_weights = (mixture.log_weights + log_evidence).log_softmax(0);
    posteriors.back().means = mixture.means + at::matmul(gain, residual).squeeze(2);
  }
  return posteriors;
}

}  // namespace dpsbench
