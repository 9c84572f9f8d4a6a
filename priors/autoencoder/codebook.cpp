#include "priors/autoencoder/codebook.h"

#include <algorithm>

namespace dpsbench {
namespace {

/// Pixels by codes that are compared at a time: 16 MiB of single precision.
constexpr std::int64_t compared_at_once = std::int64_t{1} << 22;

/// z [channels, pixels] -> [pixels]. By sums in the channels' order, not by products of matrices: those choose their
/// order of sums by the number of pixels.
Tensor nearest_of_pixels(const Tensor& z, const Tensor& codes, const Tensor& code_norms) {
  Tensor products = at::zeros({z.size(1), codes.size(0)}, z.options());
  Tensor norms = at::zeros({z.size(1)}, z.options());
  for (std::int64_t c = 0; c < z.size(0); ++c) {
    products.addcmul_(z[c].unsqueeze(1), codes.select(1, c).unsqueeze(0));
    norms.addcmul_(z[c], z[c]);
  }
  return (norms.unsqueeze(1) + code_norms - products.mul_(2)).argmin(1);
}

}  // namespace

Tensor Codebook::nearest(const Tensor& z) const {
  const Tensor code_norms = codes_.square().sum(1);
  const std::int64_t pixels = z.size(2) * z.size(3);
  const std::int64_t chunk = std::max<std::int64_t>(1, compared_at_once / codes_.size(0));
  std::vector<Tensor> indices;
  for (std::int64_t image = 0; image < z.size(0); ++image)
    for (std::int64_t first = 0; first < pixels; first += chunk)
      indices.push_back(
          nearest_of_pixels(z[image].flatten(1).narrow(1, first, std::min(chunk, pixels - first)), codes_, code_norms));
  return at::cat(indices).view({z.size(0), z.size(2), z.size(3)});
}

Tensor Codebook::quantized(const Tensor& z) const {
  const Tensor codes = codes_.index_select(0, nearest(z).flatten())
                           .view({z.size(0), z.size(2), z.size(3), z.size(1)})
                           .permute({0, 3, 1, 2});
  return z + (codes - z);
}

}  // namespace dpsbench
