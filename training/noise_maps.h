#pragma once
#include "core/tensor.h"
#include "training/options.h"

namespace dpsbench {

/// Random numbers that one map takes beside one of each pixel.
inline constexpr std::int64_t noise_map_draws = 32;

/// Noise levels of each pixel, as a network is to meet them: [B, 1, H, W], standard deviations (variance-exploding)
/// from least_map_sigma to greatest_map_sigma, from uniform numbers in (0, 1): `draws` [B, noise_map_draws] and
/// `pixels` [B, H W]. A quarter are of one level. The others have two, on the two sides of a random mask: most those of
/// Proposition 4.2, sigma_t log-uniform where hidden and 1 / sqrt(1 / sigma_y^2 + 1 / sigma_t^2) where measured with
/// sigma_y log-uniform up to 1, some two that know nothing of each other. Masks are single pixels (from none to all of
/// them), boxes, halves and strokes, and for a third of boxes and strokes their complements.
Tensor draw_noise_maps(TrainingNoise noise, const Tensor& draws, const Tensor& pixels, const ImageShape& shape);

}  // namespace dpsbench
