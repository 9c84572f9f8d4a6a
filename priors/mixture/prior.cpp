#include "priors/mixture/prior.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "priors/mixture/component_posterior.h"
#include "priors/mixture/dense_posterior.h"

namespace dpsbench {

/// Every component after noising: N(sqrt(abar) mu_k, C_k), C_k = abar Sigma_k + (1 - abar) I with precision P_k.
struct GaussianMixturePrior::Noised {
  const GaussianMixture& mixture;
  double root;    ///< sqrt(abar)
  Tensor along;   ///< [K, 1, R] eigenvalues of C_k along the basis
  Tensor across;  ///< [K, 1, 1] in all other directions

  /// What v [K, N, D] or [N, D] is to each component.
  struct Product {
    Tensor precision_v;  ///< P_k v, [K, N, D]
    Tensor square;       ///< v^T P_k v, [K, N]
  };

  [[nodiscard]] Product times(const Tensor& v) const {
    const Tensor z = at::matmul(v, mixture.basis);
    Product product{at::matmul(z / along, mixture.basis.mT()), (z.square() / along).sum(2)};
    if (!mixture.has_rest()) return product;
    const Tensor rest = v - at::matmul(z, mixture.basis.mT());
    return {product.precision_v + rest / across, product.square + (rest.square() / across).sum(2)};
  }

  /// x [B, D] relative to each mean: [K, B, D].
  [[nodiscard]] Tensor centred(const Tensor& x) const { return x - mixture.means.unsqueeze(1) * root; }

  /// log w_k N(x; sqrt(abar) mu_k, C_k) from x's squares [K, B]: [K, B].
  [[nodiscard]] Tensor log_joint(const Tensor& square) const {
    const double dimensions = static_cast<double>(mixture.dimension());
    Tensor log_determinant = along.log().sum(2);  // [K, 1]
    if (mixture.has_rest())
      log_determinant = log_determinant + across.squeeze(2).log() * (dimensions - static_cast<double>(along.size(2)));
    return mixture.log_weights.unsqueeze(1) -
           0.5 * (square + log_determinant + dimensions * std::log(2 * std::numbers::pi));
  }
};

GaussianMixturePrior::GaussianMixturePrior(const GaussianMixture& mixture, const ImageShape& shape,
                                           const TensorOptions& options)
    : mixture_(mixture.to(options)), shape_(shape) {
  if (mixture.dimension() != shape.elements())
    throw Error(
        fmt::format("a mixture on {} numbers is no prior of images with {}", mixture.dimension(), shape.elements()));
}

GaussianMixturePrior::Noised GaussianMixturePrior::noised(const NoiseLevel& level) const {
  const double noise = 1 - level.alpha_bar;
  return {mixture_, std::sqrt(level.alpha_bar), mixture_.variances.unsqueeze(1) * level.alpha_bar + noise,
          mixture_.rest_variance.view({-1, 1, 1}) * level.alpha_bar + noise};
}

Evaluation GaussianMixturePrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  check(x_t);
  const at::NoGradGuard no_grad;
  const Noised at_t = noised(level);
  const auto [q, square] = at_t.times(at_t.centred(x_t.flatten(1)));             // q_k = P_k (x - mean) = -s_k
  const Tensor responsibility = at_t.log_joint(square).softmax(0).unsqueeze(2);  // r_k [K, B, 1]
  const Tensor score = -(responsibility * q).sum(0);                             // s [B, D]
  const double of_score = -std::sqrt(1 - level.alpha_bar);
  Evaluation evaluation{(score * of_score).view_as(x_t), {}, {}};
  if (gradient == Gradient::none) return evaluation;
  // The Jacobian of the score is symmetric: J = sum_k r_k (-P_k + (q_k + s)(q_k + s)^T), centred so that the rank-one
  // terms do not cancel.
  evaluation.pull_back = [this, level, of_score, responsibility,
                          centred = q + score](const std::vector<Tensor>& cotangents) {
    const at::NoGradGuard without_grad;
    const auto n = static_cast<std::int64_t>(cotangents.size());
    const Tensor c = at::stack(cotangents).flatten(2);  // [N, B, D]
    const Tensor precision_c = noised(level).times(c.flatten(0, 1)).precision_v.unflatten(1, {n, c.size(1)});
    const Tensor r = responsibility.unsqueeze(1);
    const Tensor s = centred.unsqueeze(1);  // [K, 1, B, D]
    const Tensor product = (r * (s * (s * c).sum(3, true) - precision_c)).sum(0) * of_score;
    std::vector<Tensor> gradients;
    for (std::int64_t k = 0; k < n; ++k)
      gradients.push_back(product[k].view_as(cotangents[static_cast<std::size_t>(k)]));
    return gradients;
  };
  return evaluation;
}

Tensor GaussianMixturePrior::log_density(const Tensor& x_t, const NoiseLevel& level) const {
  check(x_t);
  const Noised at_t = noised(level);
  return at_t.log_joint(at_t.times(at_t.centred(x_t.flatten(1))).square).logsumexp(0);
}

Tensor GaussianMixturePrior::score_anisotropic(const Tensor& x, const Tensor& variances) const {
  check(x);
  const at::NoGradGuard no_grad;
  const Tensor noise = variances.expand({variances.size(0), shape_.channels, shape_.height, shape_.width}).flatten(1);
  if (noise.size(0) == 1) return score_of_shared_noise(x.flatten(1), noise[0]).view_as(x);
  const Tensor factor = at::linalg_cholesky(dense_covariances() + noise.diag_embed().unsqueeze(1));  // [B, K, D, D]
  const Tensor centred = x.flatten(1).unsqueeze(1) - mixture_.means;                                 // [B, K, D]
  const Tensor q = at::cholesky_solve(centred.unsqueeze(3), factor).squeeze(3);  // (Sigma_k + V)^-1 (x - mu_k)
  const Tensor half_log_determinant = factor.diagonal(0, 2, 3).log().sum(2);     // [B, K]
  const Tensor log_joint = mixture_.log_weights - 0.5 * (centred * q).sum(2) - half_log_determinant;
  return -(log_joint.softmax(1).unsqueeze(2) * q).sum(1).view_as(x);
}

// The same with one factorisation for all images, which lie along the last axis: reductions over a few components and
// pixels are quick across rows, slow along them.
Tensor GaussianMixturePrior::score_of_shared_noise(const Tensor& x, const Tensor& noise) const {
  const Tensor factor = at::linalg_cholesky(dense_covariances() + noise.diag());          // [K, D, D]
  const Tensor centred = x.t().contiguous().unsqueeze(0) - mixture_.means.unsqueeze(2);   // [K, D, B]
  const Tensor q = at::cholesky_solve(centred, factor).contiguous();                      // [K, D, B]
  const Tensor log_scale = mixture_.log_weights - factor.diagonal(0, 1, 2).log().sum(1);  // [K]
  const Tensor log_joint = log_scale.unsqueeze(1) - 0.5 * (centred * q).sum(1);           // [K, B]
  return -(log_joint.softmax(0).unsqueeze(1) * q).sum(0).t().contiguous();
}

Tensor GaussianMixturePrior::sample(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  return mixture_.sample(noise, purpose, draw).view(shape_.batch(noise.images()));
}

void GaussianMixturePrior::check(const Tensor& x) const {
  if (x.dim() != 4 || image_shape(x) != shape_)
    throw Error(fmt::format("a mixture of images [{}, {}, {}] was given [{}]", shape_.channels, shape_.height,
                            shape_.width, fmt::join(x.sizes(), ", ")));
}

const Tensor& GaussianMixturePrior::dense_covariances() const {
  std::call_once(dense_once_, [this] { dense_ = mixture_.covariances(); });
  return dense_;
}

std::unique_ptr<Prior> GaussianMixturePrior::posterior(const Tensor& matrix, const Tensor& y, double sigma) const {
  return std::make_unique<GaussianMixturePrior>(linear_posterior(mixture_, matrix, y, sigma), shape_, options());
}

std::unique_ptr<ExactPosterior> GaussianMixturePrior::exact_posterior(const Measurement& measurement) const {
  if (!measurement.linear) throw Error("a Gaussian mixture knows its posterior of linear measurements only");
  const LinearMeasurement& linear = *measurement.linear;
  if (linear.components && mixture_.has_rest()) return std::make_unique<ComponentPosterior>(*this, *linear.components);
  return std::make_unique<DensePosterior>(*this, linear);
}

Tensor GaussianMixturePrior::component_shares(const Tensor& x) const {
  check(x);
  const at::NoGradGuard no_grad;
  constexpr double thinnest = 1e-12;
  const Noised clean{mixture_, 1, mixture_.variances.unsqueeze(1).clamp_min(thinnest),
                     mixture_.rest_variance.view({-1, 1, 1}).clamp_min(thinnest)};
  return clean.log_joint(clean.times(clean.centred(x.flatten(1))).square).softmax(0).t();
}

}  // namespace dpsbench
