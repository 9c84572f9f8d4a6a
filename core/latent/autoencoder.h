#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "core/prior.h"

namespace dpsbench {

/// One pass through half of an autoencoder.
struct CodingPass {
  Tensor value;  ///< [B, C, H, W]

  /// J^T c for each cotangent c of `value`, J = d value / d input: one pass back serves them all. Empty unless the pass
  /// was asked for gradients. May be called once.
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> pull_back;
};

/// Images [-1, 1] as latents and back: z = E(x), x = D(z). Immutable while sampling; treats each image of a batch
/// alone. A pass's pull_back refers to the autoencoder, which must outlive it.
class Autoencoder {
 public:
  virtual ~Autoencoder() = default;

  /// x: [B, C, H, W] of image_shape() -> latents of latent_shape(). Throws Error when the shape does not fit.
  [[nodiscard]] virtual CodingPass encode(const Tensor& x, Gradient gradient) const = 0;

  /// z: [B, C, H, W] of latent_shape() -> images of image_shape(), not clamped. Throws Error likewise.
  [[nodiscard]] virtual CodingPass decode(const Tensor& z, Gradient gradient) const = 0;

  [[nodiscard]] virtual ImageShape image_shape() const = 0;
  [[nodiscard]] virtual ImageShape latent_shape() const = 0;

  /// Whether D(z) = D(0) + L z with L linear and the same everywhere.
  [[nodiscard]] virtual bool decodes_affinely() const { return false; }

  /// g where |D(z) - D(z')| = g |z - z'| everywhere and E finds the latent of the nearest D(z): white noise of an image
  /// is white noise of its latent, of 1 / g times the deviation. None where nothing so simple holds.
  [[nodiscard]] virtual std::optional<double> gain() const { return {}; }
};

}  // namespace dpsbench
