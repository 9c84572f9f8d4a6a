#pragma once
#include "core/latent/autoencoder.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// The principal components of images: z = V (x - m), D(z) = m + V^T z, rows of V orthonormal. With a prior of latents
/// in closed form every linear task has a known posterior, and decoder error is what V leaves out. The gradient of the
/// encoder is V^T, that of the decoder V.
class LinearAutoencoder final : public Autoencoder {
 public:
  /// mean [C, H, W]; basis [latents, C H W], of `options`' type and device afterwards. Latents are [latents, 1, 1].
  /// Throws Error where they do not fit or rows are not orthonormal to 1e-4.
  LinearAutoencoder(const Tensor& mean, const Tensor& basis, const TensorOptions& options);

  /// From a file's "mean" and "basis". Throws DataError where they do not fit.
  static std::unique_ptr<LinearAutoencoder> of_file(const SafetensorsFile& file, const TensorOptions& options);

  /// The `latents` principal components of images [N, C, H, W] (Pearson 1901): computed in double precision. Throws
  /// Error for more than the images determine, N - 1 or C H W.
  static std::unique_ptr<LinearAutoencoder> of_images(const Tensor& images, std::int64_t latents,
                                                      const TensorOptions& options);

  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override;
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override;
  [[nodiscard]] ImageShape image_shape() const override { return {mean_.size(0), mean_.size(1), mean_.size(2)}; }
  [[nodiscard]] ImageShape latent_shape() const override { return {basis_.size(0), 1, 1}; }
  [[nodiscard]] bool decodes_affinely() const override { return true; }
  [[nodiscard]] std::optional<double> gain() const override { return 1.0; }

  [[nodiscard]] const Tensor& mean() const { return mean_; }
  [[nodiscard]] const Tensor& basis() const { return basis_; }

 private:
  Tensor mean_;
  Tensor basis_;
};

}  // namespace dpsbench
