#pragma once
#include "core/latent/autoencoder.h"
#include "core/latent/coding_use.h"

namespace dpsbench {

/// Another autoencoder, with its use counted. Refers to both, which must outlive it and its passes.
class CountingAutoencoder final : public Autoencoder {
 public:
  CountingAutoencoder(const Autoencoder& autoencoder, CodingUse& use) : autoencoder_(autoencoder), use_(use) {}

  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override {
    use_.encodings += x.size(0);
    return counted_pass(autoencoder_.encode(x, gradient), x.size(0), use_.encodings_back);
  }
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override {
    use_.decodings += z.size(0);
    return counted_pass(autoencoder_.decode(z, gradient), z.size(0), use_.decodings_back);
  }
  [[nodiscard]] ImageShape image_shape() const override { return autoencoder_.image_shape(); }
  [[nodiscard]] ImageShape latent_shape() const override { return autoencoder_.latent_shape(); }
  [[nodiscard]] bool decodes_affinely() const override { return autoencoder_.decodes_affinely(); }
  [[nodiscard]] std::optional<double> gain() const override { return autoencoder_.gain(); }

  /// The autoencoder whose use is counted.
  [[nodiscard]] const Autoencoder& counted() const { return autoencoder_; }

 private:
  static CodingPass counted_pass(CodingPass pass, std::int64_t images, std::int64_t& passes_back) {
    if (!pass.pull_back) return pass;
    pass.pull_back = [back = std::move(pass.pull_back), images, &passes_back](const std::vector<Tensor>& cotangents) {
      passes_back += images;
      return back(cotangents);
    };
    return pass;
  }

  const Autoencoder& autoencoder_;
  CodingUse& use_;
};

}  // namespace dpsbench
