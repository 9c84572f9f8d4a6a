#pragma once
#include "core/latent/autoencoder.h"

namespace dpsbench {

/// How often an autoencoder was passed through: what latent methods cost beside evaluations of the prior. A pass of a
/// batch counts once, a pass back once for all its cotangents.
struct CodingUse {
  std::int64_t encodings = 0;
  std::int64_t encodings_back = 0;
  std::int64_t decodings = 0;
  std::int64_t decodings_back = 0;
};

/// Another autoencoder, with its use counted. Refers to both, which must outlive it and its passes.
class CountingAutoencoder final : public Autoencoder {
 public:
  CountingAutoencoder(const Autoencoder& autoencoder, CodingUse& use) : autoencoder_(autoencoder), use_(use) {}

  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override {
    ++use_.encodings;
    return counted(autoencoder_.encode(x, gradient), use_.encodings_back);
  }
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override {
    ++use_.decodings;
    return counted(autoencoder_.decode(z, gradient), use_.decodings_back);
  }
  [[nodiscard]] ImageShape image_shape() const override { return autoencoder_.image_shape(); }
  [[nodiscard]] ImageShape latent_shape() const override { return autoencoder_.latent_shape(); }
  [[nodiscard]] bool decodes_affinely() const override { return autoencoder_.decodes_affinely(); }
  [[nodiscard]] bool is_isometric() const override { return autoencoder_.is_isometric(); }

 private:
  static CodingPass counted(CodingPass pass, std::int64_t& passes_back) {
    if (!pass.pull_back) return pass;
    pass.pull_back = [back = std::move(pass.pull_back), &passes_back](const std::vector<Tensor>& cotangents) {
      ++passes_back;
      return back(cotangents);
    };
    return pass;
  }

  const Autoencoder& autoencoder_;
  CodingUse& use_;
};

}  // namespace dpsbench
