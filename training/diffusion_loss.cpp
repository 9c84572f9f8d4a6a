#include "training/diffusion_loss.h"

#include <cmath>
#include <functional>

namespace dpsbench {
namespace {

constexpr double kVariationalWeight = 0.001;
constexpr double kLevel = 1.0 / 255;  // half the distance of two 8-bit levels in [-1, 1]
constexpr double kSmallestProbability = 1e-12;

}  // namespace

Tensor gaussian_kl(const Tensor& mean, const Tensor& log_variance, const Tensor& other_mean,
                   const Tensor& other_log_variance) {
  const Tensor ratio = log_variance - other_log_variance;
  return 0.5 * (ratio.exp() - 1 - ratio + (mean - other_mean).square() * (-other_log_variance).exp());
}

Tensor discretised_log_likelihood(const Tensor& x, const Tensor& mean, const Tensor& log_deviation) {
  const Tensor inverse_deviation = (-log_deviation).exp();
  const Tensor below_upper = at::special_ndtr((x - mean + kLevel) * inverse_deviation);
  const Tensor below_lower = at::special_ndtr((x - mean - kLevel) * inverse_deviation);
  const Tensor above_lower = at::special_ndtr((mean - x + kLevel) * inverse_deviation);  // 1 - below_lower, exactly
  const Tensor probability =
      at::where(x < -0.999, below_upper, at::where(x > 0.999, above_lower, below_upper - below_lower));
  return probability.clamp_min(kSmallestProbability).log();
}

DiffusionLoss::DiffusionLoss(const NoiseSchedule& schedule, const TensorOptions& options) : steps_(schedule.steps()) {
  const auto table = [&](const std::function<double(std::int64_t)>& entry) {
    const Tensor values = at::empty({steps_}, at::kDouble);
    for (std::int64_t i = 0; i < steps_; ++i) values.data_ptr<double>()[i] = entry(i);
    return values.to(options);
  };
  signal_ = table([&](std::int64_t i) { return std::sqrt(schedule.alpha_bar(i)); });
  noise_ = table([&](std::int64_t i) { return std::sqrt(1 - schedule.alpha_bar(i)); });
  coefficient_x0_ = table([&](std::int64_t i) { return schedule.coefficient_x0(i); });
  coefficient_xt_ = table([&](std::int64_t i) { return schedule.coefficient_xt(i); });
  log_beta_ = table([&](std::int64_t i) { return std::log(schedule.beta(i)); });
  posterior_log_variance_ = table([&](std::int64_t i) { return schedule.posterior_log_variance(i); });
}

Tensor DiffusionLoss::at_steps(const Tensor& table, const Tensor& t) {
  return table.index_select(0, t).reshape({-1, 1, 1, 1});
}

Tensor DiffusionLoss::noised(const Tensor& x0, const Tensor& t, const Tensor& eps) const {
  return at_steps(signal_, t) * x0 + at_steps(noise_, t) * eps;
}

LossTerms DiffusionLoss::terms(const Tensor& output, const Tensor& x0, const Tensor& x_t, const Tensor& t,
                               const Tensor& eps) const {
  const std::int64_t channels = x0.size(1);
  const Tensor predicted = output.narrow(1, 0, channels);
  LossTerms terms;
  terms.simple = (eps - predicted).square().flatten(1).mean(1);
  if (output.size(1) == channels) return terms;

  const Tensor fraction = (output.narrow(1, channels, channels) + 1) * 0.5;
  const Tensor smallest = at_steps(posterior_log_variance_, t);
  const Tensor log_variance = fraction * at_steps(log_beta_, t) + (1 - fraction) * smallest;  // Eq. 15

  // the mean's gradient is stopped: the bound teaches the variance alone
  const Tensor x0_hat = (x_t - at_steps(noise_, t) * predicted.detach()) / at_steps(signal_, t);
  const Tensor mean = at_steps(coefficient_x0_, t) * x0_hat + at_steps(coefficient_xt_, t) * x_t;
  const Tensor true_mean = at_steps(coefficient_x0_, t) * x0 + at_steps(coefficient_xt_, t) * x_t;

  const Tensor divergence = gaussian_kl(true_mean, smallest, mean, log_variance).flatten(1).mean(1);
  const Tensor decoder = -discretised_log_likelihood(x0, mean, 0.5 * log_variance).flatten(1).mean(1);
  terms.variational = at::where(t == 0, decoder, divergence) / std::log(2.0);
  return terms;
}

Tensor DiffusionLoss::hybrid(const LossTerms& terms) const {
  if (!terms.variational.defined()) return terms.simple.mean();
  return (terms.simple + kVariationalWeight * static_cast<double>(steps_) * terms.variational).mean();
}

}  // namespace dpsbench
