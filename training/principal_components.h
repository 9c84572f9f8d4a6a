#pragma once
#include <filesystem>

#include "core/prior.h"
#include "priors/mixture/mixture.h"

namespace dpsbench {

/// The linear autoencoder of a mixture of images, z = V (x - m), and the law of its latents, again a mixture.
struct ComponentModel {
  Tensor mean;              ///< m, [C, H, W]
  Tensor basis;             ///< V, [latents, C H W], orthonormal rows, the direction of greatest variance first
  GaussianMixture latents;  ///< of z
  double left_out = 0;      ///< mean square of a pixel of x - D(E(x))
};

/// The principal components of a law (Pearson 1901), from its exact moments. Throws UserError for a law that is no
/// Gaussian mixture, and for other numbers of latents than 1 to those of a pixel.
ComponentModel principal_components(const Prior& law, std::int64_t latents);

/// Writes it as one safetensors file, single precision: of a prior {kind: gaussian_mixture, file: F, autoencoder:
/// {kind: pca}}.
void save_component_model(const std::filesystem::path& file, const ComponentModel& model);

}  // namespace dpsbench
