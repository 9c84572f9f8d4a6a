#include "methods/parts/particles.h"

namespace dpsbench {

Tensor draw_particles(const Tensor& log_weights, std::int64_t count, ParticleResampling resampling, const Noise& noise,
                      std::int64_t draw) {
  const std::int64_t last = log_weights.size(0) - 1;
  const Tensor cumulative = log_weights.softmax(0).cumsum(0).transpose(0, 1).contiguous();  // [B, M]
  Tensor u;                                                                                 // [B, count]
  if (resampling == ParticleResampling::multinomial) {
    u = noise.uniform(Purpose::accept, draw, {count}, log_weights.options());
  } else {
    const Tensor start = noise.uniform(Purpose::accept, draw, {1}, log_weights.options());
    u = (start + at::arange(count, log_weights.options())) / static_cast<double>(count);
  }
  return at::searchsorted(cumulative, u).clamp_max(last).transpose(0, 1);
}

Tensor select_particles(const Tensor& particles, const Tensor& numbers) {
  const std::int64_t images = numbers.size(1);
  const Tensor image = at::arange(images, numbers.options()).unsqueeze(0).expand_as(numbers);
  return particles.index({numbers, image});
}

}  // namespace dpsbench
