#pragma once
#include <string>

#include "priors/mixture/mixture.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// A mixture of images: D = C H W.
struct ImageMixture {
  GaussianMixture mixture;
  ImageShape shape;
};

/// A mixture from a safetensors file's content: `log_weights` [K] (any constant may be added), `means` [K, D], and
/// either `covariances` [K, D, D] or `factors` [K, D, R] with, if wanted, `noise` [K]: Sigma_k = F_k F_k^T + noise_k I.
/// Metadata `shape`: "C,H,W". Throws DataError naming the file and what is wrong.
ImageMixture load_gaussian_mixture(const SafetensorsFile& file);

/// Writes such a file: dense covariances in double, or of a mixture of low rank its factors in single precision. Throws
/// Error when shape and mixture disagree.
void save_gaussian_mixture(const std::string& path, const GaussianMixture& mixture, const ImageShape& shape);

}  // namespace dpsbench
