#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

namespace philox {
enum class Distribution;
}

/// What a random number is for. Streams of different purposes never meet; the values are part of the numerics version.
enum class Purpose : std::uint32_t {
  mask = 1,         ///< operators: which pixels are hidden, which kernel
  measurement = 2,  ///< the noise n of y = A x_0 + sigma_y n
  initial = 3,      ///< x_T
  step = 4,         ///< noise of a reverse step
  inner = 5,        ///< inner chains (Langevin, particles, Monte-Carlo directions)
  accept = 6,       ///< acceptance and resampling decisions
  bootstrap = 7,    ///< statistics
  training = 8,     ///< training of priors
};

/// Random numbers of the images of one batch. Implementations give an image the same numbers whatever batch, rank or
/// device it is on.
class Noise {
 public:
  virtual ~Noise() = default;

  /// Standard normal numbers [B, shape...] for one purpose and step (0 <= step < 2^24), in `options`' type and device.
  [[nodiscard]] virtual Tensor normal(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                                      const TensorOptions& options) const = 0;

  /// Uniform numbers in (0, 1), the same way.
  [[nodiscard]] virtual Tensor uniform(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                                       const TensorOptions& options) const = 0;

  /// What each image's random numbers are keyed by: no two images, and no two samples of one, have the same. Empty
  /// where numbers are only played back.
  [[nodiscard]] virtual std::vector<std::uint64_t> streams() const { return {}; }

  /// How many images the batch has.
  [[nodiscard]] virtual std::int64_t images() const = 0;
};

/// One image's own stream of randomness.
struct StreamId {
  std::string dataset;      ///< the data set's name, not its path
  std::string image;        ///< the image's id within it
  std::int64_t sample = 0;  ///< which of several samples of the same image; 0 for masks and measurements
};

/// Counter-based noise: Philox4x32-10 (Salmon et al. 2011), key = seed, counter = (block of four elements, purpose and
/// step, 64-bit digest of the stream's id). For one thread.
class PhiloxNoise final : public Noise {
 public:
  PhiloxNoise(std::uint64_t seed, const std::vector<StreamId>& streams);

  [[nodiscard]] Tensor normal(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                              const TensorOptions& options) const override;
  [[nodiscard]] Tensor uniform(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                               const TensorOptions& options) const override;
  [[nodiscard]] std::vector<std::uint64_t> streams() const override { return digests_; }
  [[nodiscard]] std::int64_t images() const override { return static_cast<std::int64_t>(digests_.size()); }

 private:
  /// The digests where noise is drawn: copying them there at every draw would let the host wait for the device.
  [[nodiscard]] const Tensor& digests_on(const at::Device& device) const;
  [[nodiscard]] Tensor draw(philox::Distribution distribution, std::uint32_t where,
                            const std::vector<std::int64_t>& shape, const TensorOptions& options) const;

  std::uint64_t seed_;
  std::vector<std::uint64_t> digests_;
  mutable Tensor on_device_;  ///< of the device that noise was last drawn on; undefined: of none
};

}  // namespace dpsbench
