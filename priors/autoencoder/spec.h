#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/latent/autoencoder.h"
#include "priors/autoencoder/options.h"
#include "priors/weights/mapped_file.h"

namespace dpsbench {

/// Which autoencoder, as an experiment names it.
struct AutoencoderSpec {
  std::string kind;                   ///< pca, or a preset's name
  std::string file = {};              ///< its weights; that of the prior of latents where both are in one
  AutoencoderOptions structure = {};  ///< of networks
  double scale = 1;                   ///< of the latents that the prior knows, in the autoencoder's own

  [[nodiscard]] bool is_linear() const { return kind == "pca"; }
};

/// The kinds there are: pca, and the presets'.
std::vector<std::string> autoencoder_kinds();

/// The factor of latents that the public networks of that kind know: 0.18215 for kl-f8, else 1.
double usual_latent_scale(const std::string& kind);

/// Shape of its images, and of its latents; of principal components the file is read. Throws UserError where the spec
/// does not fit together, DataError for a damaged file.
ImageShape image_shape(const AutoencoderSpec& spec);
ImageShape latent_shape(const AutoencoderSpec& spec);

/// What decodings depend on beyond the file's bytes, in a fixed form.
std::string describe(const AutoencoderSpec& spec);

/// Makes it of its file's bytes on `options`' device and number type, scaled. `in_tf32`: as NetworkAutoencoder.
/// Throws as above.
std::unique_ptr<Autoencoder> make_autoencoder(const AutoencoderSpec& spec, const FileBytes& file,
                                              const TensorOptions& options, bool in_tf32 = false);

}  // namespace dpsbench
