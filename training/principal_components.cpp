#include "training/principal_components.h"

#include "core/error.h"
#include "priors/mixture/prior.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {
namespace {

/// Eigenvectors come with either sign: the greatest number of each row is positive here.
Tensor with_signs(const Tensor& rows) {
  const Tensor greatest = rows.gather(1, rows.abs().argmax(1, /*keepdim=*/true));
  return rows * greatest.sign();
}

}  // namespace

ComponentModel principal_components(const Prior& law, std::int64_t latents) {
  const auto* prior = dynamic_cast<const GaussianMixturePrior*>(&law);
  if (prior == nullptr) throw UserError("principal components are taken of laws that are Gaussian mixtures");
  const GaussianMixture mixture = prior->mixture().to(TensorOptions().dtype(at::kDouble));
  const std::int64_t pixels = mixture.dimension();
  if (latents < 1 || latents > pixels)
    throw UserError("{} principal components of images of {} numbers; allowed: 1 to {}", latents, pixels, pixels);
  const Tensor weights = mixture.log_weights.exp();
  const Tensor mean = at::mv(mixture.means.t(), weights);
  const Tensor apart = mixture.means - mean;
  const Tensor covariances = mixture.covariances();
  const Tensor pooled = (covariances * weights.view({-1, 1, 1})).sum(0) + at::mm(apart.t() * weights, apart);
  const auto [variances, vectors] = at::linalg_eigh(pooled);  // ascending
  const Tensor basis = with_signs(vectors.narrow(1, pixels - latents, latents).flip(1).t().contiguous());
  const ImageShape shape = law.shape();
  return {mean.view({shape.channels, shape.height, shape.width}), basis,
          GaussianMixture::of_covariances(mixture.log_weights, at::mm(apart, basis.t()),
                                          at::matmul(at::matmul(basis, covariances), basis.t())),
          variances.narrow(0, 0, pixels - latents).sum().item<double>() / static_cast<double>(pixels)};
}

void save_component_model(const std::filesystem::path& file, const ComponentModel& model) {
  const auto single = [](const Tensor& tensor) { return tensor.to(at::kFloat).contiguous(); };
  write_safetensors(file.string(),
                    {{"mean", single(model.mean)},
                     {"basis", single(model.basis)},
                     {"log_weights", single(model.latents.log_weights)},
                     {"means", single(model.latents.means)},
                     {"covariances", single(model.latents.covariances())}},
                    {{"shape", fmt::format("{},1,1", model.basis.size(0))}});
}

}  // namespace dpsbench
