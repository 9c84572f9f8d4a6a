#include "priors/autoencoder/linear_autoencoder.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"

namespace dpsbench {
namespace {

/// An image at a time: products of matrices choose their order of sums by the number of rows.
Tensor each_times(const Tensor& batch, const Tensor& matrix, const ImageShape& to) {
  std::vector<Tensor> products;
  for (std::int64_t i = 0; i < batch.size(0); ++i) products.push_back(at::mv(matrix, batch[i].flatten()));
  return at::stack(products).view(to.batch(batch.size(0)));
}

void check_shape(const Tensor& batch, const ImageShape& wanted) {
  if (batch.dim() != 4 || image_shape(batch) != wanted)
    throw Error(fmt::format("a linear autoencoder was given [{}], wanted [B, {}, {}, {}]",
                            fmt::join(batch.sizes(), ", "), wanted.channels, wanted.height, wanted.width));
}

}  // namespace

LinearAutoencoder::LinearAutoencoder(const Tensor& mean, const Tensor& basis, const TensorOptions& options)
    : mean_(mean.to(options)), basis_(basis.to(options)) {
  if (mean.dim() != 3 || basis.dim() != 2 || basis.size(1) != mean.numel())
    throw Error(fmt::format("a linear autoencoder's mean [{}] and basis [{}] do not fit: [C, H, W], [latents, C H W]",
                            fmt::join(mean.sizes(), ", "), fmt::join(basis.sizes(), ", ")));
  const Tensor rows = basis.to(at::kDouble);
  const Tensor off = at::mm(rows, rows.t()) - at::eye(rows.size(0), rows.options());
  if (const double worst = off.abs().max().item<double>(); !(worst < 1e-4))
    throw Error(fmt::format("the rows of a linear autoencoder's basis are orthonormal to {:.2g}, wanted 1e-4", worst));
}

std::unique_ptr<LinearAutoencoder> LinearAutoencoder::of_file(const SafetensorsFile& file,
                                                              const TensorOptions& options) {
  try {
    return std::make_unique<LinearAutoencoder>(file.tensor("mean"), file.tensor("basis"), options);
  } catch (const DataError&) {
    throw;
  } catch (const Error& error) {
    throw DataError("'{}': {}", file.path(), error.what());
  }
}

std::unique_ptr<LinearAutoencoder> LinearAutoencoder::of_images(const Tensor& images, std::int64_t latents,
                                                                const TensorOptions& options) {
  const Tensor rows = images.to(at::kDouble).flatten(1);
  const std::int64_t most = std::min(rows.size(0) - 1, rows.size(1));
  if (latents < 1 || latents > most)
    throw Error(fmt::format("{} principal components of {} images of {} numbers: allowed are 1 to {}", latents,
                            rows.size(0), rows.size(1), most));
  const Tensor mean = rows.mean(0);
  const Tensor components = std::get<2>(at::linalg_svd(rows - mean, /*full_matrices=*/false));
  return std::make_unique<LinearAutoencoder>(mean.view(images.sizes().slice(1)), components.narrow(0, 0, latents),
                                             options);
}

CodingPass LinearAutoencoder::encode(const Tensor& x, Gradient gradient) const {
  check_shape(x, image_shape());
  const at::NoGradGuard no_grad;
  CodingPass pass{each_times(x - mean_, basis_, latent_shape()), {}};
  if (gradient == Gradient::wanted)
    pass.pull_back = [this](const std::vector<Tensor>& cotangents) {
      std::vector<Tensor> gradients;
      for (const Tensor& c : cotangents) gradients.push_back(each_times(c, basis_.t(), image_shape()));
      return gradients;
    };
  return pass;
}

CodingPass LinearAutoencoder::decode(const Tensor& z, Gradient gradient) const {
  check_shape(z, latent_shape());
  const at::NoGradGuard no_grad;
  CodingPass pass{each_times(z, basis_.t(), image_shape()) + mean_, {}};
  if (gradient == Gradient::wanted)
    pass.pull_back = [this](const std::vector<Tensor>& cotangents) {
      std::vector<Tensor> gradients;
      for (const Tensor& c : cotangents) gradients.push_back(each_times(c, basis_, latent_shape()));
      return gradients;
    };
  return pass;
}

}  // namespace dpsbench
