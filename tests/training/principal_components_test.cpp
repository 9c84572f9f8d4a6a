#include "training/principal_components.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/autoencoder/linear_autoencoder.h"
#include "priors/empirical_prior.h"
#include "priors/mixture/file.h"
#include "priors/mixture/prior.h"

namespace dpsbench {
namespace {

const TensorOptions in_doubles = TensorOptions().dtype(at::kDouble);

Tensor numbers(std::int64_t draw, const std::vector<std::int64_t>& shape) {
  return PhiloxNoise(3, {{"components", "", 0}}).normal(Purpose::training, draw, shape, at::kDouble)[0];
}

GaussianMixturePrior small_law() {
  const Tensor roots = numbers(0, {2, 6, 6}) * 0.4;
  return {GaussianMixture::of_covariances(at::tensor({0.3, 0.7}, in_doubles).log(), numbers(1, {2, 6}),
                                          at::matmul(roots, roots.transpose(1, 2))),
          {1, 2, 3},
          in_doubles};
}

/// What is exact: the latents' law is that of V (x - m), and what is left out is the rest of the variance.
TEST(PrincipalComponents, HaveTheLawOfTheirLatents) {
  const GaussianMixturePrior law = small_law();
  const ComponentModel all = principal_components(law, 6);
  const ComponentModel some = principal_components(law, 4);
  EXPECT_NEAR(all.left_out, 0, 1e-12);
  EXPECT_TRUE(at::allclose(at::mm(some.basis, some.basis.t()), at::eye(4, in_doubles), 0, 1e-12));
  EXPECT_TRUE(at::allclose(some.basis, all.basis.narrow(0, 0, 4), 0, 1e-9));
  const auto [mean, variance] = some.latents.moments();
  EXPECT_TRUE(at::allclose(mean, at::zeros({4}, in_doubles), 0, 1e-12));
  const auto [of_pixels, pixel_variance] = law.mixture().moments();
  EXPECT_TRUE(at::allclose(some.mean.flatten(), of_pixels, 0, 1e-12));
  EXPECT_NEAR(variance.sum().item<double>() + some.left_out * 6, pixel_variance.sum().item<double>(), 1e-9);
  EXPECT_TRUE((variance.narrow(0, 0, 3) >= variance.narrow(0, 1, 3)).all().item<bool>());
  // no other four directions have more
  const Tensor others = std::get<0>(at::linalg_qr(numbers(2, {6, 4}))).t();
  const auto [m, v] =
      GaussianMixture::of_covariances(law.mixture().log_weights, at::mm(law.mixture().means, others.t()),
                                      at::matmul(at::matmul(others, law.mixture().covariances()), others.t()))
          .moments();
  EXPECT_LT(v.sum().item<double>(), variance.sum().item<double>());
}

TEST(PrincipalComponents, AreOneFileOfAPriorAndItsAutoencoder) {
  const std::string path = testing::TempDir() + "components.safetensors";
  const ComponentModel model = principal_components(small_law(), 4);
  save_component_model(path, model);
  const SafetensorsFile file(path);
  const auto autoencoder = LinearAutoencoder::of_file(file, in_doubles);
  EXPECT_EQ(autoencoder->image_shape(), (ImageShape{1, 2, 3}));
  const ImageMixture mixture = load_gaussian_mixture(file);
  EXPECT_EQ(mixture.shape, autoencoder->latent_shape());
  EXPECT_TRUE(at::allclose(mixture.mixture.means, model.latents.means, 0, 1e-6));
  std::filesystem::remove(path);
}

TEST(PrincipalComponents, AreOfMixturesAlone) {
  const EmpiricalPrior images(numbers(3, {4, 1, 2, 3}), in_doubles);
  EXPECT_THROW(std::ignore = principal_components(images, 2), UserError);
  EXPECT_THROW(std::ignore = principal_components(small_law(), 7), UserError);
}

}  // namespace
}  // namespace dpsbench
