#include "training/noise_maps.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "priors/unet/noise_map.h"

namespace dpsbench {
namespace {

constexpr std::int64_t kMaps = 3000;
const ImageShape kShape{3, 16, 12};

PhiloxNoise map_noise(std::int64_t first, std::int64_t count) {
  std::vector<StreamId> streams;
  for (std::int64_t k = first; k < first + count; ++k) streams.push_back({"maps", "", k});
  return {5, streams};
}

Tensor maps_of(TrainingNoise noise, std::int64_t first = 0, std::int64_t count = kMaps) {
  const PhiloxNoise numbers = map_noise(first, count);
  return draw_noise_maps(noise, numbers.uniform(Purpose::training, 0, {noise_map_draws}, at::kFloat),
                         numbers.uniform(Purpose::training, 1, {kShape.height * kShape.width}, at::kFloat), kShape);
}

TEST(NoiseMaps, HaveAtMostTwoLevelsWithinTheRange) {
  const Tensor maps = maps_of(TrainingNoise::per_pixel);
  ASSERT_EQ(maps.sizes(), at::IntArrayRef({kMaps, 1, 16, 12}));
  EXPECT_GE(maps.min().item<double>(), least_map_sigma * (1 - 1e-6));
  EXPECT_LE(maps.max().item<double>(), greatest_map_sigma * (1 + 1e-6));
  for (std::int64_t k = 0; k < kMaps; ++k) {
    const Tensor map = maps[k];
    const Tensor at_an_end = (map == map.min()).logical_or(map == map.max());
    EXPECT_TRUE(at_an_end.all().item<bool>()) << k;
  }
}

TEST(NoiseMaps, ConstantOnesAreLogUniform) {
  const Tensor maps = maps_of(TrainingNoise::constant).flatten(1);
  EXPECT_TRUE(at::equal(maps.amin(1), maps.amax(1)));
  const double least = std::log(least_map_sigma);
  const Tensor place = (maps.select(1, 0).log() - least) / (std::log(greatest_map_sigma) - least);
  EXPECT_NEAR(place.mean().item<double>(), 0.5, 4 * std::sqrt(1.0 / 12 / kMaps));
  EXPECT_NEAR(place.var().item<double>(), 1.0 / 12, 4 * std::sqrt(1.0 / 180 / kMaps));
}

TEST(NoiseMaps, OfPropositionFourTwoMeasureBetterThanTheyHide) {
  // where a mask is drawn and the levels are not independent, one side is sigma_t and the other at most that
  const Tensor maps = maps_of(TrainingNoise::per_pixel).flatten(1);
  const Tensor greatest = maps.amax(1);
  const Tensor least = maps.amin(1);
  const double of_one_level = (greatest == least).to(at::kDouble).mean().item<double>();
  EXPECT_GT(of_one_level, 0.25 - 4 * std::sqrt(0.25 * 0.75 / kMaps));
  EXPECT_LT(of_one_level, 0.30);  // and a few masks that hide all or nothing
  const Tensor two = greatest > least;
  EXPECT_GT((least.masked_select(two) < 0.3).to(at::kDouble).mean().item<double>(), 0.6);
  EXPECT_GT((greatest.masked_select(two) > 0.3).to(at::kDouble).mean().item<double>(), 0.5);
}

TEST(NoiseMaps, MasksHideAnyShareOfThePixels) {
  const Tensor maps = maps_of(TrainingNoise::per_pixel).flatten(1);
  const Tensor hidden = (maps == maps.amax(1, true)).to(at::kDouble).mean(1);
  const Tensor two = maps.amax(1) > maps.amin(1);
  const Tensor shares = hidden.masked_select(two);
  for (int tenth = 0; tenth < 10; ++tenth) {
    const Tensor within = (shares >= tenth * 0.1).logical_and(shares < (tenth + 1) * 0.1);
    EXPECT_GT(within.to(at::kDouble).mean().item<double>(), 0.03) << tenth;
  }
}

TEST(NoiseMaps, BelongToTheImageAndNotToItsBatch) {
  const Tensor together = maps_of(TrainingNoise::per_pixel, 0, 50);
  for (const std::int64_t k : {0, 17, 49})
    EXPECT_TRUE(at::equal(maps_of(TrainingNoise::per_pixel, k, 1)[0], together[k]));
}

}  // namespace
}  // namespace dpsbench
