#include "priors/empirical_prior.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::int64_t block_size = 4096;  // images a matrix product: B x 4096 logits at a time

/// The measure of each image of a batch, its weights told by the measurement.
class EmpiricalPosterior final : public ExactPosterior {
 public:
  explicit EmpiricalPosterior(std::unique_ptr<EmpiricalPrior> measure) : measure_(std::move(measure)) {}

  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    return measure_->sample(noise, purpose, draw);
  }
  [[nodiscard]] Tensor mean() const override { return measure_->moments().first.to(measure_->options()); }
  [[nodiscard]] Tensor deviation() const override { return measure_->moments().second.sqrt().to(measure_->options()); }
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override {
    return measure_->score(x_t, level);
  }

 private:
  std::unique_ptr<EmpiricalPrior> measure_;
};

/// log p(y_b | x) = sum_i p_bi (v_bi - z_i)^2 / -2 of the components z of some images in a basis of all: two products.
Tensor log_likelihoods(const ComponentMeasurement& measured, const Tensor& images) {
  const Tensor z = measured.to_basis(images.to(measured.value.options())).to(at::kDouble);
  const Tensor precision = measured.precision.to(at::kDouble);
  const Tensor linear = measured.value.to(at::kDouble) * precision;
  return at::matmul(linear, z.t()) - at::matmul(precision, z.square().t()) * 0.5;
}

}  // namespace

/// log of the unnormalised weight of image x_i for row b: linear_b . x_i + curvature_b . x_i^2 + c |x_i|^2 + log w_i.
struct EmpiricalPrior::Tilt {
  Tensor linear;         ///< [B, D]
  Tensor curvature;      ///< [B or 1, D]; undefined: none
  double of_square = 0;  ///< c

  [[nodiscard]] Tensor logits(const EmpiricalPrior& prior, std::int64_t first, std::int64_t count) const {
    const Tensor x = prior.images_.narrow(0, first, count);
    Tensor sum = prior.squares_.narrow(0, first, count) * of_square + prior.log_weights_.narrow(1, first, count);
    if (curvature.defined()) sum = sum + at::matmul(curvature, x.square().t());
    return sum + at::matmul(linear, x.t());
  }
};

struct EmpiricalPrior::Average {
  Tensor mean;            ///< [B, D]
  Tensor log_normaliser;  ///< [B, 1], log of the sum of the weights
};

EmpiricalPrior::EmpiricalPrior(const Tensor& images, const TensorOptions& options) : options_(options) {
  if (images.dim() != 4 || images.size(0) < 1)
    throw Error("an empirical prior is made of images [N, C, H, W], N at least 1");
  shape_ = {images.size(1), images.size(2), images.size(3)};
  images_ = images.to(options.dtype(at::kDouble)).flatten(1).contiguous();
  if (!images_.isfinite().all().item<bool>()) throw DataError("an image of the empirical prior holds infinity or NaN");
  squares_ = images_.square().sum(1);
  log_weights_ = at::full_like(squares_, -std::log(static_cast<double>(images.size(0)))).unsqueeze(0);
}

EmpiricalPrior::EmpiricalPrior(Tensor images, Tensor squares, Tensor log_weights, const ImageShape& shape,
                               const TensorOptions& options)
    : images_(std::move(images)),
      squares_(std::move(squares)),
      log_weights_(std::move(log_weights)),
      shape_(shape),
      options_(options) {}

void EmpiricalPrior::check(const Tensor& x) const {
  if (x.dim() != 4 || image_shape(x) != shape_)
    throw Error(fmt::format("an empirical prior of {} x {} x {} was asked about a tensor of another shape",
                            shape_.channels, shape_.height, shape_.width));
}

EmpiricalPrior::Average EmpiricalPrior::average(const Tilt& tilt) const {
  const std::int64_t rows = tilt.linear.size(0);
  Tensor greatest = at::full({rows, 1}, -std::numeric_limits<double>::infinity(), images_.options());
  Tensor total = at::zeros_like(greatest);
  Tensor sum = at::zeros_like(tilt.linear);
  for (std::int64_t first = 0; first < size(); first += block_size) {  // streaming log-sum-exp
    const std::int64_t count = std::min(block_size, size() - first);
    const Tensor logits = tilt.logits(*this, first, count);
    const Tensor now = at::maximum(greatest, logits.amax(1, /*keepdim=*/true));
    const Tensor weights = (logits - now).exp();
    const Tensor shrink = (greatest - now).exp();
    total = total * shrink + weights.sum(1, /*keepdim=*/true);
    sum = sum * shrink + at::matmul(weights, images_.narrow(0, first, count));
    greatest = now;
  }
  return {sum / total, greatest + total.log()};
}

Tensor EmpiricalPrior::covariance_times(const Tilt& tilt, const Average& average, const Tensor& c) const {
  const Tensor along_mean = (average.mean * c).sum(1, /*keepdim=*/true);
  Tensor sum = at::zeros_like(c);
  for (std::int64_t first = 0; first < size(); first += block_size) {
    const std::int64_t count = std::min(block_size, size() - first);
    const Tensor x = images_.narrow(0, first, count);
    const Tensor weights = (tilt.logits(*this, first, count) - average.log_normaliser).exp();
    sum = sum + at::matmul(weights * (at::matmul(c, x.t()) - along_mean), x);
  }
  return sum;
}

Evaluation EmpiricalPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  check(x_t);
  const double noise = 1 - level.alpha_bar;
  const double root = std::sqrt(level.alpha_bar);
  const Tensor x = x_t.flatten(1).to(at::kDouble);
  const Tilt tilt{x * (root / noise), {}, -0.5 * level.alpha_bar / noise};
  const Average average = this->average(tilt);
  Evaluation evaluation;
  evaluation.eps = ((x - average.mean * root) * (1 / std::sqrt(noise))).to(options_).view_as(x_t);
  if (gradient == Gradient::none) return evaluation;
  evaluation.pull_back = [=, this](const std::vector<Tensor>& cotangents) {
    std::vector<Tensor> gradients;  // d x0hat / d x_t = sqrt(abar) / (1 - abar) Cov, which is symmetric
    for (const Tensor& cotangent : cotangents) {
      const Tensor c = cotangent.flatten(1).to(at::kDouble);
      const Tensor of_mean = covariance_times(tilt, average, c) * (level.alpha_bar / noise);
      gradients.push_back(((c - of_mean) * (1 / std::sqrt(noise))).to(options_).view_as(cotangent));
    }
    return gradients;
  };
  return evaluation;
}

Tensor EmpiricalPrior::score_anisotropic(const Tensor& x, const Tensor& variances) const {
  check(x);
  const Tensor precision = variances.to(at::kDouble)
                               .expand({variances.size(0), shape_.channels, shape_.height, shape_.width})
                               .flatten(1)
                               .reciprocal();
  const Tensor u = x.flatten(1).to(at::kDouble);
  const Average average = this->average({u * precision, precision * -0.5, 0});
  return ((average.mean - u) * precision).to(options_).view_as(x);
}

std::unique_ptr<EmpiricalPrior> EmpiricalPrior::posterior(const LogLikelihood& log_likelihood) const {
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < size(); first += block_size) {
    const std::int64_t count = std::min(block_size, size() - first);
    const Tensor part = log_likelihood(images_.narrow(0, first, count).view(shape_.batch(count)));
    parts.push_back(part.view({-1, count}));
  }
  const Tensor log_weights = (log_weights_ + at::cat(parts, 1)).log_softmax(1);
  return std::unique_ptr<EmpiricalPrior>(new EmpiricalPrior(images_, squares_, log_weights, shape_, options_));
}

std::unique_ptr<ExactPosterior> EmpiricalPrior::exact_posterior(const Measurement& measurement) const {
  const at::NoGradGuard no_grad;
  const bool one_basis =
      measurement.linear && measurement.linear->components && measurement.linear->components->same_basis;
  if (one_basis)
    return std::make_unique<EmpiricalPosterior>(
        posterior([&](const Tensor& images) { return log_likelihoods(*measurement.linear->components, images); }));
  return std::make_unique<EmpiricalPosterior>(posterior([&](const Tensor& images) {
    std::vector<Tensor> columns;
    for (const Tensor& image : images.split(1)) columns.push_back(measurement.log_likelihood(image.to(options_)));
    return at::stack(columns, 1);
  }));
}

std::unique_ptr<EmpiricalPrior> EmpiricalPrior::posterior(const Tensor& matrix, const Tensor& y, double sigma) const {
  const Tensor a = matrix.to(images_.options());
  const Tensor target = y.to(images_.options());
  return posterior([&](const Tensor& images) {
    return (at::matmul(images.flatten(1), a.t()) - target).square().sum(1) * (-0.5 / (sigma * sigma));
  });
}

Tensor EmpiricalPrior::sample(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  const Tensor u = noise.uniform(purpose, draw, {1}, images_.options());
  const Tensor below = weights().cumsum(1).expand({u.size(0), size()}).contiguous();
  const Tensor chosen = at::searchsorted(below, u).clamp_max(size() - 1).flatten();
  return images_.index_select(0, chosen).to(options_).view(shape_.batch(u.size(0)));
}

std::pair<Tensor, Tensor> EmpiricalPrior::moments() const {
  const Tensor rows = weights();
  const Tensor mean = at::matmul(rows, images_);
  Tensor variance = at::zeros_like(mean);
  for (std::int64_t first = 0; first < size(); first += block_size) {
    const std::int64_t count = std::min(block_size, size() - first);
    const Tensor images = images_.narrow(0, first, count);
    for (std::int64_t b = 0; b < mean.size(0); ++b)  // about the mean, so that nothing cancels
      variance[b] += at::matmul(rows[b].narrow(0, first, count), (images - mean[b]).square());
  }
  return {mean.view(shape_.batch(mean.size(0))), variance.view(shape_.batch(mean.size(0)))};
}

}  // namespace dpsbench
