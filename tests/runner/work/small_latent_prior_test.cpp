// The small autoencoder and network of experiments/photo64-latent, as the repository holds them.
#include <gtest/gtest.h>

#include "core/latent/latent_prior.h"
#include "core/noise.h"
#include "datasets/image_file.h"
#include "priors/registry.h"
#include "runner/experiment/plan.h"

namespace dpsbench {
namespace {

const std::string kExperiments = std::string(DPSBENCH_SOURCE_DIR) + "/experiments/";

class SmallLatentPrior : public testing::Test {
 protected:
  SmallLatentPrior()
      : prior_(make_prior(read_experiment(kExperiments + "photo64-latent.yaml").prior, at::kFloat)),
        images_(at::stack({read_image(kExperiments + "photo64/images/air_balloon-1.png"),
                           read_image(kExperiments + "photo64/images/cat-1.png"),
                           read_image(kExperiments + "photo64/images/parrot-1.png")})) {}
  [[nodiscard]] const LatentPrior& latent() const { return *as_latent(*prior_); }

  std::unique_ptr<Prior> prior_;
  Tensor images_;
};

TEST_F(SmallLatentPrior, ReconstructsPhotographsItHasNotSeen) {
  const Tensor z = latent().autoencoder().encode(images_, Gradient::none).value;
  EXPECT_EQ(z.sizes(), (std::vector<std::int64_t>{3, 8, 16, 16}));
  const Tensor error = latent().autoencoder().decode(z, Gradient::none).value.clamp(-1, 1) - images_;
  const double psnr = (-10 * (error.square().flatten(1).mean(1) / 4).log10()).mean().item<double>();
  EXPECT_GT(psnr, 20);
}

/// Of the scale that the network knows: deviation near 1, and noise is told from latents better than by one who knows
/// nothing but that.
TEST_F(SmallLatentPrior, ItsNetworkKnowsItsLatents) {
  const Tensor z = latent().autoencoder().encode(images_, Gradient::none).value;
  EXPECT_NEAR(z.square().mean().sqrt().item<double>(), 1, 0.25);
  const NoiseLevel level = latent().latents().schedule().level(250);
  const PhiloxNoise noise(0, {{"a", "", 0}, {"b", "", 0}, {"c", "", 0}});
  const Tensor n = noise.normal(Purpose::training, 0, {8, 16, 16}, at::kFloat);
  const Tensor x_t = std::sqrt(level.alpha_bar) * z + std::sqrt(1 - level.alpha_bar) * n;
  const Tensor eps = latent().latents().evaluate(x_t, level, Gradient::none).eps;
  // of standard normal latents the best guess of the noise is sqrt(1 - abar) x_t, which errs by abar
  EXPECT_LT((eps - n).square().mean().item<double>(), 0.7 * level.alpha_bar);
}

}  // namespace
}  // namespace dpsbench
