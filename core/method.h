#pragma once
#include "core/noise.h"
#include "core/observer.h"
#include "core/operator.h"
#include "core/prior.h"

namespace dpsbench {

class DecodedOperator;

/// One batch of an inverse problem: sample p(x_0 | y), y = A x_0 + sigma_y n, under a diffusion prior.
struct Problem {
  const Prior& prior;
  const NoiseSchedule& schedule;  ///< the training schedule; methods respace it themselves
  const Operator& op;
  Tensor y;        ///< [B, ...]
  double sigma_y;  ///< in units of [-1, 1] images; 0 only for methods that take measurements without noise
  const Noise& noise;
  Tensor original = {};  ///< x_0 itself; only for what is published as chosen by it (MethodEntry::chooses_by_original),
                         ///< and for controls that are given it (MethodEntry::given_original). Latents: its latents
  /// Where x_0 is a latent of an image: `op` as what it is, for methods that know of a decoder. Null: images are
  /// sampled.
  const DecodedOperator* decoded = nullptr;
  NoiseKind noise_kind = NoiseKind::gaussian;  ///< others only for methods that take them

  [[nodiscard]] ImageShape shape() const { return prior.shape(); }
  [[nodiscard]] TensorOptions options() const { return prior.options(); }
};

/// A posterior sampler.
class Method {
 public:
  virtual ~Method() = default;

  /// One sample an image: [B, C, H, W], as the algorithm leaves it (not clamped).
  [[nodiscard]] virtual Tensor sample(const Problem& problem, Observer& observer) const = 0;
};

}  // namespace dpsbench
