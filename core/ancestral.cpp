#include "core/ancestral.h"

#include <cmath>

#include "core/denoised.h"

namespace dpsbench {

Tensor ancestral_mean(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t) {
  return x0 * schedule.coefficient_x0(i) + x_t * schedule.coefficient_xt(i);
}

Tensor ancestral_deviation(const NoiseSchedule& schedule, std::int64_t i, const Tensor& variance_fraction,
                           const TensorOptions& options) {
  const double smallest = schedule.posterior_log_variance(i);
  if (!variance_fraction.defined()) return at::scalar_tensor(std::exp(0.5 * smallest), options);
  const double largest = std::log(schedule.beta(i));
  const Tensor fraction = (variance_fraction + 1) * 0.5;
  return ((fraction * largest + (1 - fraction) * smallest) * 0.5).exp();
}

Tensor ancestral_step(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t,
                      const Tensor& variance_fraction, const Noise& noise) {
  const Tensor mean = ancestral_mean(schedule, i, x0, x_t);
  if (i == 0) return mean;
  const ImageShape shape = image_shape(x_t);
  const Tensor z = noise.normal(Purpose::step, i, {shape.channels, shape.height, shape.width}, x_t.options());
  return mean + ancestral_deviation(schedule, i, variance_fraction, x_t.options()) * z;
}

double ddim_deviation(const NoiseSchedule& schedule, std::int64_t i, double eta) {
  const double now = schedule.alpha_bar(i);
  const double next = schedule.alpha_bar_previous(i);
  return eta * std::sqrt((1 - next) / (1 - now)) * std::sqrt(1 - now / next);
}

Tensor ddim_mean(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t, double eta) {
  const double next = schedule.alpha_bar_previous(i);
  const double deviation = ddim_deviation(schedule, i, eta);
  const Tensor eps = implied_noise(x_t, x0, schedule.level(i));
  return x0 * std::sqrt(next) + eps * std::sqrt(std::max(0.0, 1 - next - deviation * deviation));
}

Tensor ddim_step(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t, double eta,
                 const Noise& noise) {
  const Tensor mean = ddim_mean(schedule, i, x0, x_t, eta);
  if (i == 0 || eta == 0) return mean;
  const ImageShape shape = image_shape(x_t);
  const Tensor z = noise.normal(Purpose::step, i, {shape.channels, shape.height, shape.width}, x_t.options());
  return mean + z * ddim_deviation(schedule, i, eta);
}

Tensor reverse_loop(const NoiseSchedule& schedule, const ImageShape& shape, const TensorOptions& options,
                    const Noise& noise, Observer& observer,
                    const std::function<ReverseStep(std::int64_t i, const Tensor& x_t)>& step) {
  const std::vector<std::int64_t> of_image = {shape.channels, shape.height, shape.width};
  return reverse_loop(schedule, noise.normal(Purpose::initial, 0, of_image, options), observer, step);
}

Tensor reverse_loop(const NoiseSchedule& schedule, Tensor x, Observer& observer,
                    const std::function<ReverseStep(std::int64_t i, const Tensor& x_t)>& step) {
  for (std::int64_t i = schedule.steps() - 1; i >= 0; --i) {
    ReverseStep result = step(i, x);
    x = result.x_previous;
    observer.on_step({schedule.steps() - i, schedule.steps(), x, result.x0_hat, result.step_size, result.prior_share});
  }
  return x;
}

}  // namespace dpsbench
