#pragma once
#include <cstdint>
#include <vector>

#include "core/noise.h"

namespace dpsbench {

/// The random numbers of one Markov chain, in double precision, one after another: Philox4x32-10 at consecutive
/// counters. For chains that do not know beforehand how many numbers they will take; everything else asks Noise.
class ChainStream {
 public:
  /// Chains of different (seed, stream) are independent.
  ChainStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  /// One chain an image, each started by numbers drawn from that image's noise for `purpose` and `step`.
  static std::vector<ChainStream> of_images(const Noise& noise, Purpose purpose, std::int64_t step);

  /// In (0, 1), 52 bits.
  double uniform();

  /// Standard normal (Box & Muller 1958).
  double normal();

  /// Of mean 1.
  double exponential();

  /// Gamma of shape > 0 and rate 1 (Marsaglia & Tsang 2000).
  double gamma(double shape);

  /// Inverse Gaussian with mean 1 / inverse_mean, inverse_mean >= 0, and shape > 0 (Michael, Schucany & Haas 1976, with
  /// the small root written without cancellation). At inverse_mean 0 its limit, shape over a squared normal.
  double inverse_gaussian(double inverse_mean, double shape);

 private:
  void refill();

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint32_t block_ = 0;
  int left_ = 0;  ///< of the two uniform numbers of a block
  double uniforms_[2] = {};
  bool has_normal_ = false;
  double normal_ = 0;
};

}  // namespace dpsbench
