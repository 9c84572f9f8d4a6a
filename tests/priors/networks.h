#pragma once
#include <cmath>
#include <functional>
#include <numeric>

#include "priors/unet/parameters.h"

namespace dpsbench {

/// The network of the golden vectors unet_ffhq_tiny.
inline UNetOptions tiny_options() {
  UNetOptions options;
  options.image_size = 32;
  options.num_channels = 32;
  options.channel_mult = {1, 2};
  options.attention_resolutions = {16};
  options.num_head_channels = 16;
  return options;
}

inline UNetParameters tiny_parameters() {
  return load_unet_parameters(tiny_options(), SafetensorsFile(DPSBENCH_GOLDEN "/unet_ffhq_tiny.safetensors"));
}

/// Random weights whose activations stay of order one.
inline UNetParameters random_parameters(const UNetOptions& options) {
  UNetParameters parameters;
  for (const auto& [name, shape] : unet_parameters(options)) {
    const double fan_in = std::accumulate(shape.begin() + 1, shape.end(), 1.0, std::multiplies<>());
    parameters[name] = at::randn(shape) * (shape.size() == 1 ? 0.3 : 1 / std::sqrt(fan_in));
  }
  return parameters;
}

/// Largest deviation over largest value.
inline double relative_error(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

/// Length of the deviation over the length.
inline double distance(const Tensor& a, const Tensor& b) { return ((a - b).norm() / b.norm()).item<double>(); }

}  // namespace dpsbench
