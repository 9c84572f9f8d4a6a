#include "priors/levy/chain_stream.h"

#include <cmath>
#include <numbers>

#include "core/philox_stream.h"

namespace dpsbench {
namespace {

/// (k + 1/2) / 2^52 of the upper 52 bits of two words.
double unit_number(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32 | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

}  // namespace

std::vector<ChainStream> ChainStream::of_images(const Noise& noise, Purpose purpose, std::int64_t step) {
  constexpr std::int64_t parts = 6;  // of 22 bits each
  const Tensor numbers = noise.uniform(purpose, step, {parts}, at::kFloat).to(at::kDouble);
  std::vector<ChainStream> streams;
  for (std::int64_t image = 0; image < noise.images(); ++image) {
    std::uint64_t key[2] = {0, 0};
    const double* const row = numbers.const_data_ptr<double>() + image * parts;
    for (std::int64_t part = 0; part < parts; ++part)
      key[part / 3] = key[part / 3] << 22 | static_cast<std::uint64_t>(row[part] * 0x1p22);
    streams.emplace_back(key[0], key[1]);
  }
  return streams;
}

void ChainStream::refill() {
  constexpr auto of_chains = static_cast<std::uint32_t>(Purpose::inner) << 24 | 0xffffffu;
  const auto words = philox::words({seed_, of_chains, stream_}, block_++);
  uniforms_[1] = unit_number(words[0], words[1]);
  uniforms_[0] = unit_number(words[2], words[3]);
  left_ = 2;
}

double ChainStream::uniform() {
  if (left_ == 0) refill();
  return uniforms_[--left_];
}

double ChainStream::normal() {
  if (has_normal_) {
    has_normal_ = false;
    return normal_;
  }
  const double radius = std::sqrt(-2 * std::log(uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  normal_ = radius * std::sin(angle);
  has_normal_ = true;
  return radius * std::cos(angle);
}

double ChainStream::exponential() { return -std::log(uniform()); }

double ChainStream::gamma(double shape) {
  if (shape < 1) {
    const double shrink = std::pow(uniform(), 1 / shape);
    return gamma(shape + 1) * shrink;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double ChainStream::inverse_gaussian(double inverse_mean, double shape) {
  const double z = normal();
  const double c = z * z / (2 * shape);
  const double root = 1 / (inverse_mean + c + std::sqrt(c * (c + 2 * inverse_mean)));
  if (uniform() * (1 + inverse_mean * root) <= 1) return root;
  return 1 / (inverse_mean * inverse_mean * root);
}

}  // namespace dpsbench
