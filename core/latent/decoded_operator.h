#pragma once
#include "core/latent/autoencoder.h"
#include "core/operator.h"

namespace dpsbench {

/// A measurement operator of images seen from their latents: A(D(z)), for methods that know of no decoder. Where A is
/// linear and D affine it is linear as well, z -> A(D(z)) - A(D(0)), and measurements are to lack A(D(0)) likewise
/// (`of_images` says what is to be subtracted). Refers to both parts, which must outlive it. One thread uses it at a
/// time: the pass of the last forward() is kept for the vjp() at the same latents.
class DecodedOperator final : public Operator {
 public:
  /// `latents`: number type and device of what it is given; `images`: the batch that `op` is bound to.
  DecodedOperator(const Autoencoder& autoencoder, const Operator& op, std::int64_t images,
                  const TensorOptions& latents);

  [[nodiscard]] Tensor forward(const Tensor& z) const override;
  /// D'(z)^T A'(D(z))^T v; for linear ones whatever z, which may be undefined.
  [[nodiscard]] Tensor vjp(const Tensor& z, const Tensor& v) const override;
  [[nodiscard]] bool is_linear() const override { return offset_.defined(); }
  /// E(A^+ y): encoders invert decoders about, and only on what decoders give.
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override;
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override;
  /// Of linear ones, in latents, which are fewer than measurements as a rule: (r - M (M^T M + c I)^{-1} M^T r) / c with
  /// the dense matrix M of A D, in double precision.
  [[nodiscard]] Tensor solve_gram(const Tensor& r, double c) const override;
  /// The images' reference, encoded: white noise of 1 / g times the deviation where the decoder has a gain g, and what
  /// is taken for it by its local gain at that latent elsewhere (docs/latent.md). None where pixels are hidden.
  [[nodiscard]] std::optional<DenoisingReference> denoising_reference(const Tensor& y) const override;
  [[nodiscard]] Tensor measured() const override { return op_.measured(); }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return op_.measurement_shape(); }
  /// The size of the image, not of the latent.
  [[nodiscard]] Tensor picture(const Tensor& y) const override { return op_.picture(measurement_of(y)); }

  [[nodiscard]] const Autoencoder& autoencoder() const { return autoencoder_; }
  /// The operator of images.
  [[nodiscard]] const Operator& images() const { return op_; }

  /// The measurement of latents that is y of images, and back.
  [[nodiscard]] Tensor of_images(const Tensor& y) const { return is_linear() ? y - offset_ : y; }
  [[nodiscard]] Tensor measurement_of(const Tensor& y) const { return is_linear() ? y + offset_ : y; }

 private:
  /// A pass of forward(), of latents that may still be where they were then.
  struct Kept {
    Tensor z;
    std::uint32_t version = 0;
    CodingPass pass;
  };
  [[nodiscard]] CodingPass pass_at(const Tensor& z) const;
  [[nodiscard]] const Tensor& matrices() const;
  /// g of |D'(z) v|^2 = g^2 |v|^2 on average over v, [B] double: the decoder's, or where it has none the root mean
  /// square of D'(z)^T c for one c of white noise.
  [[nodiscard]] Tensor gain_at(const Tensor& z) const;

  const Autoencoder& autoencoder_;
  const Operator& op_;
  Tensor origin_;  ///< latents of 0
  Tensor offset_;  ///< A(D(0)); undefined: not linear
  mutable Kept kept_;
  mutable Tensor matrices_;  ///< [B, measurements, latents] double, of linear ones; made when first asked for
};

}  // namespace dpsbench
