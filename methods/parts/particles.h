#pragma once
#include "core/noise.h"

namespace dpsbench {

// Particle systems of a batch: [M, B, ...], M particles for each of B images. Images never mix.

enum class ParticleResampling {
  multinomial,  ///< independent draws
  systematic,   ///< evenly spaced draws from one random start (Kitagawa 1996): equal weights leave all as they are
};

/// For each image, `count` particle numbers drawn with probabilities softmax(log_weights): [count, B].
/// log_weights: [M, B]. Uses one draw of Purpose::accept.
Tensor draw_particles(const Tensor& log_weights, std::int64_t count, ParticleResampling resampling, const Noise& noise,
                      std::int64_t draw);

/// The particles of those numbers: [M, B, ...] and [count, B] -> [count, B, ...].
Tensor select_particles(const Tensor& particles, const Tensor& numbers);

}  // namespace dpsbench
