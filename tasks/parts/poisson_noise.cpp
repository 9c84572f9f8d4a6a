#include "tasks/parts/poisson_noise.h"

#include <ATen/Parallel.h>

#include <boost/math/distributions/poisson.hpp>

namespace dpsbench {
namespace {

/// Uniform numbers in (0, 1) with 46 bits: [B, shape...], double on the CPU. The 23 of one would cut the counts' tails.
Tensor fine_uniform(const Noise& noise, std::vector<std::int64_t> shape) {
  shape.push_back(2);
  const Tensor pair = noise.uniform(Purpose::measurement, 1, shape, at::kFloat).to(at::kDouble);
  const double spacing = 0x1p-23;  // of the first of the pair
  return pair.select(-1, 0) + (pair.select(-1, 1) - 0.5) * spacing;
}

/// The least count whose cumulative probability reaches `uniform`.
double poisson_count(double mean, double uniform) {
  if (mean <= 0) return 0;
  using Up =
      boost::math::policies::policy<boost::math::policies::discrete_quantile<boost::math::policies::integer_round_up>>;
  return boost::math::quantile(boost::math::poisson_distribution<double, Up>(mean), uniform);
}

}  // namespace

Tensor measure_poisson(const Operator& op, const Tensor& x0, double rate, const Noise& noise) {
  const double most = 255 * rate;
  const Tensor clean = op.forward(x0);
  const Tensor means = ((clean.to(at::kCPU, at::kDouble) + 1) * 0.5).clamp(0, 1).mul(most).contiguous();
  const Tensor uniforms = fine_uniform(noise, op.measurement_shape()).contiguous();
  const Tensor counts = at::empty_like(means);
  const double* mean = means.const_data_ptr<double>();
  const double* uniform = uniforms.const_data_ptr<double>();
  double* count = counts.mutable_data_ptr<double>();
  at::parallel_for(0, counts.numel(), 4096, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) count[i] = poisson_count(mean[i], uniform[i]);
  });
  const Tensor y = (counts * (2 / most) - 1).clamp(-1, 1).to(clean.options());
  const Tensor measured = op.measured();
  return measured.defined() ? y * measured : y;
}

}  // namespace dpsbench
