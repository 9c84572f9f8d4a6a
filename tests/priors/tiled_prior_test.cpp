#include "priors/tiled_prior.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/mixture/prior.h"
#include "priors/unet/prior.h"
#include "tests/message_of.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const NoiseLevel middle_level = NoiseSchedule::linear().level(300);

Tensor drawn_numbers(std::int64_t draw, const std::vector<std::int64_t>& shape, std::int64_t rows) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < rows; ++i) streams.push_back({"tiles", std::to_string(i)});
  return PhiloxNoise(4, streams).normal(Purpose::training, draw, shape, at::kDouble);
}

/// Independent pixels of one deviation: the noise of each is predicted from it alone, whatever is seen around it.
std::unique_ptr<Prior> independent_pixels(const ImageShape& shape) {
  const Tensor variances = at::full({shape.elements()}, 0.3, at::kDouble).diag();
  const auto mixture = GaussianMixture::of_covariances(
      at::zeros({1}, at::kDouble), at::full({1, shape.elements()}, 0.1, at::kDouble), variances.unsqueeze(0));
  return std::make_unique<GaussianMixturePrior>(mixture, shape, TensorOptions().dtype(at::kDouble));
}

/// Two modes on 3 x 4 x 5 images, in which everything hangs together.
std::unique_ptr<Prior> correlated_pixels() {
  const Tensor drawn = drawn_numbers(9, {11, 60}, 2);
  const auto mixture =
      GaussianMixture::of_factors(at::zeros({2}, at::kDouble), drawn.select(1, 0) * 0.3,
                                  drawn.slice(1, 1).transpose(1, 2) * 0.1, at::full({2}, 0.02, at::kDouble));
  return std::make_unique<GaussianMixturePrior>(mixture, ImageShape{3, 4, 5}, TensorOptions().dtype(at::kDouble));
}

Tensor drawn_pictures(std::int64_t draw, const ImageShape& shape) {
  return drawn_numbers(draw, {shape.channels, shape.height, shape.width}, 2);
}

TEST(TiledPrior, LaysTheFewestTilesEvenly) {
  EXPECT_THAT(tile_starts(32, 32, 8), ElementsAre(0));
  EXPECT_THAT(tile_starts(33, 32, 8), ElementsAre(0, 1));
  EXPECT_THAT(tile_starts(56, 32, 8), ElementsAre(0, 24));
  EXPECT_THAT(tile_starts(57, 32, 8), ElementsAre(0, 12, 25));
  EXPECT_THAT(tile_starts(96, 32, 0), ElementsAre(0, 32, 64));
  EXPECT_EQ(tile_count({56, 57, 8}, {3, 32, 32}), 6);
}

TEST(TiledPrior, IsThePriorOfAllPixelsWhereTheyAreIndependent) {
  const ImageShape whole{2, 9, 7};
  const TiledPrior tiled(independent_pixels({2, 4, 5}), {9, 7, 1});
  const auto at_once = independent_pixels(whole);
  EXPECT_EQ(tiled.shape(), whole);
  const Tensor x_t = drawn_pictures(0, whole);
  const Evaluation by_tiles = tiled.evaluate(x_t, middle_level, Gradient::wanted);
  const Evaluation of_all = at_once->evaluate(x_t, middle_level, Gradient::wanted);
  EXPECT_TRUE(at::allclose(by_tiles.eps, of_all.eps, 1e-12, 1e-12));
  const std::vector<Tensor> cotangents = {drawn_pictures(1, whole), drawn_pictures(2, whole)};
  const auto back = by_tiles.pull_back(cotangents);
  const auto wanted = of_all.pull_back(cotangents);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(at::allclose(back[k], wanted[k], 1e-12, 1e-12));
}

TEST(TiledPrior, WeighsTilesByTheDistanceFromTheirEdges) {
  const auto network = correlated_pixels();
  const TiledPrior tiled(correlated_pixels(), {4, 8, 2});  // columns 0-4 and 3-7
  const Tensor x_t = drawn_pictures(0, {3, 4, 8});
  const Tensor left = network->evaluate(x_t.narrow(3, 0, 5).contiguous(), middle_level, Gradient::none).eps;
  const Tensor right = network->evaluate(x_t.narrow(3, 3, 5).contiguous(), middle_level, Gradient::none).eps;
  const Tensor eps = tiled.evaluate(x_t, middle_level, Gradient::none).eps;
  EXPECT_TRUE(at::allclose(eps.narrow(3, 0, 3), left.narrow(3, 0, 3), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(eps.select(3, 3), (left.select(3, 3) * 2 + right.select(3, 0)) / 3, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(eps.select(3, 4), (left.select(3, 4) + right.select(3, 1) * 2) / 3, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(eps.narrow(3, 5, 3), right.narrow(3, 2, 3), 1e-12, 1e-12));
}

TEST(TiledPrior, PullsBackItsOwnDerivative) {
  const TiledPrior tiled(correlated_pixels(), {7, 8, 2});
  const Tensor x_t = drawn_pictures(0, tiled.shape());
  const Tensor cotangent = drawn_pictures(1, tiled.shape());
  const Tensor direction = drawn_pictures(2, tiled.shape());
  const Tensor gradient = tiled.evaluate(x_t, middle_level, Gradient::wanted).pull_back({cotangent})[0];
  const double h = 1e-5;
  const auto eps = [&](double step) {
    return tiled.evaluate(x_t + direction * step, middle_level, Gradient::none).eps;
  };
  const Tensor slope = (eps(h) - eps(-h)) / (2 * h);
  EXPECT_TRUE(at::allclose(image_dot(gradient, direction), image_dot(slope, cotangent), 1e-7, 1e-9));
}

TEST(TiledPrior, OfOneTileIsTheNetworkAndCarriesItsVariance) {
  const TensorOptions floats(at::kFloat);
  const TiledPrior one(std::make_unique<UNetPrior>(tiny_options(), tiny_parameters(), floats), {32, 32, 8});
  const TiledPrior four(std::make_unique<UNetPrior>(tiny_options(), tiny_parameters(), floats), {40, 48, 8});
  const UNetPrior network(tiny_options(), tiny_parameters(), floats);
  const Tensor x_t = drawn_pictures(0, {3, 40, 48}).to(at::kFloat);
  const Tensor corner = x_t.narrow(2, 0, 32).narrow(3, 0, 32).contiguous();
  const Evaluation alone = network.evaluate(corner, middle_level, Gradient::none);
  const Evaluation of_one = one.evaluate(corner, middle_level, Gradient::none);
  EXPECT_TRUE(of_one.eps.equal(alone.eps));
  EXPECT_TRUE(of_one.variance_fraction.equal(alone.variance_fraction));
  const Evaluation of_four = four.evaluate(x_t, middle_level, Gradient::none);
  EXPECT_TRUE(at::allclose(of_four.eps[0][0][0][0], alone.eps[0][0][0][0], 1e-5, 1e-6));  // no other tile holds it
  EXPECT_TRUE(at::allclose(of_four.variance_fraction[0][0][0][0], alone.variance_fraction[0][0][0][0], 1e-5, 1e-6));
  EXPECT_EQ(four.clips_denoised(), network.clips_denoised());
  EXPECT_EQ(four.smallest_sigma(), network.smallest_sigma());
}

TEST(TiledPrior, LetsNoImageKnowItsBatch) {
  const TiledPrior tiled(correlated_pixels(), {7, 8, 2});
  const Tensor x_t = drawn_pictures(0, tiled.shape());
  const Tensor together = tiled.evaluate(x_t, middle_level, Gradient::none).eps;
  for (std::int64_t i = 0; i < 2; ++i)
    EXPECT_TRUE(
        at::allclose(tiled.evaluate(x_t.narrow(0, i, 1), middle_level, Gradient::none).eps[0], together[i], 0, 1e-12));
}

TEST(TiledPrior, RefusesPicturesSmallerThanATile) {
  EXPECT_THAT(message_of<UserError>([] {
                TiledPrior(correlated_pixels(), {3, 8, 2});
              }),
              HasSubstr("tiles.height: 3 pixels, less than the 4 of the network's images; allowed: 4 or more"));
  EXPECT_THAT(message_of<UserError>([] {
                TiledPrior(correlated_pixels(), {4, 8, 4});
              }),
              HasSubstr("tiles.overlap: 4 pixels, and the network's images have 4; allowed: 0 to 3"));
  EXPECT_THROW((void)TiledPrior(correlated_pixels(), {7, 8, 2})
                   .evaluate(drawn_pictures(0, {3, 8, 7}), middle_level, Gradient::none),
               Error);
}

}  // namespace
}  // namespace dpsbench
