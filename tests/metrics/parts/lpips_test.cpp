#include "metrics/parts/lpips.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "core/error.h"
#include "tests/metrics/golden_images.h"

namespace dpsbench {
namespace {

/// Entry i of parameter tensor l of the formula network (tests/golden/README.md).
Tensor formula_parameter(int l, const std::vector<std::int64_t>& shape) {
  const std::int64_t count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  const Tensor i = at::arange(count, at::kDouble);
  if (shape.size() == 1) return (0.05 * (2 + 0.3 * l + i).sin()).to(at::kFloat);
  const double fan_in = static_cast<double>(count) / static_cast<double>(shape[0]);
  const Tensor wave = 1 + 0.7 * l + i * (1 + 0.01 * l) + 0.37 * (i * i).remainder(1009);
  return (2 / std::sqrt(fan_in) * wave.sin()).reshape(shape).to(at::kFloat);
}

WeightMap formula_weights() {
  const std::vector<std::pair<int, std::int64_t>> convolutions = {{0, 64},   {2, 64},   {5, 128},  {7, 128},  {10, 256},
                                                                  {12, 256}, {14, 256}, {17, 512}, {19, 512}, {21, 512},
                                                                  {24, 512}, {26, 512}, {28, 512}};
  WeightMap weights;
  std::int64_t in = 3;
  int l = 0;
  for (const auto& [index, out] : convolutions) {
    weights[fmt::format("features.{}.weight", index)] = formula_parameter(l++, {out, in, 3, 3});
    weights[fmt::format("features.{}.bias", index)] = formula_parameter(l++, {out});
    in = out;
  }
  const SafetensorsFile heads(std::string(DPSBENCH_GOLDEN) + "/lpips_vgg_heads.safetensors");
  for (const std::string& name : heads.names()) weights[name] = heads.tensor(name);
  return weights;
}

const WeightMap& vgg_weights() {
  static const WeightMap weights = formula_weights();
  return weights;
}

WeightMap read_weights(const std::string& path) {
  const SafetensorsFile file(path);
  WeightMap weights;
  for (const std::string& name : file.names()) weights[name] = file.tensor(name);
  return weights;
}

TEST(Lpips, WithFormulaWeightsAndAveragePoolingAgreesWithPiqForEachImage) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, vgg_weights(), at::kCPU);
  const Tensor values = lpips.distance(golden("sample"), golden("reference"));
  EXPECT_EQ(values.scalar_type(), at::kDouble);
  EXPECT_LT(largest_difference(values, golden("lpips")), 1e-5) << values;
}

TEST(Lpips, WithMaximumPoolingIsAnotherNumber) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::maximum, vgg_weights(), at::kCPU);
  EXPECT_GT(largest_difference(lpips.distance(golden("sample"), golden("reference")), golden("lpips")), 1e-3);
}

TEST(Lpips, IsSymmetricAndZeroForEqualImages) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, vgg_weights(), at::kCPU);
  const Tensor a = golden("sample").narrow(2, 0, 32).narrow(3, 0, 32);
  const Tensor b = golden("reference").narrow(2, 0, 32).narrow(3, 0, 32);
  EXPECT_LT(largest_difference(lpips.distance(a, b), lpips.distance(b, a)), 1e-7);
  EXPECT_LT(lpips.distance(a, a).abs().max().item<double>(), 1e-9);
}

TEST(Lpips, OfAnImageDoesNotDependOnItsBatch) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, vgg_weights(), at::kCPU);
  const Tensor a = golden("sample").narrow(2, 0, 16).narrow(3, 0, 16).repeat({3, 1, 1, 1});  // 12: more than a chunk
  const Tensor b = golden("reference").narrow(2, 0, 16).narrow(3, 0, 16).repeat({3, 1, 1, 1});
  const Tensor together = lpips.distance(a, b);
  for (std::int64_t image = 0; image < 12; ++image) {
    const Tensor alone = lpips.distance(a.narrow(0, image, 1), b.narrow(0, image, 1));
    EXPECT_NEAR(alone.item<double>(), together[image].item<double>(), 1e-6);
  }
}

TEST(Lpips, TakesAGreyImageAsThreeEqualChannels) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, vgg_weights(), at::kCPU);
  const Tensor a = golden("sample").narrow(1, 0, 1).narrow(2, 0, 16);
  const Tensor b = golden("reference").narrow(1, 0, 1).narrow(2, 0, 16);
  EXPECT_LT(largest_difference(lpips.distance(a, b), lpips.distance(a.repeat({1, 3, 1, 1}), b.repeat({1, 3, 1, 1}))),
            1e-7);
}

TEST(Lpips, RefusesImagesThatDoNotReachTheLastLayer) {
  const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, vgg_weights(), at::kCPU);
  const Tensor small = at::full({1, 3, 15, 64}, 0.5);
  EXPECT_THROW((void)lpips.distance(small, small), Error);
  const Tensor four_channels = at::full({1, 4, 32, 32}, 0.5);
  EXPECT_THROW((void)lpips.distance(four_channels, four_channels), Error);
  const Tensor least = at::full({1, 3, 16, 16}, 0.5);
  EXPECT_NO_THROW((void)lpips.distance(least, least));
}

TEST(Lpips, OfAlexNetTakesThirtyOnePixelsAndNoFewer) {
  WeightMap weights;
  const std::vector<std::array<std::int64_t, 4>> shapes = {
      {64, 3, 11, 0}, {192, 64, 5, 3}, {384, 192, 3, 6}, {256, 384, 3, 8}, {256, 256, 3, 10}};
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    const auto [out, in, side, index] = shapes[k];
    weights[fmt::format("features.{}.weight", index)] = at::full({out, in, side, side}, 0.01);
    weights[fmt::format("features.{}.bias", index)] = at::zeros({out});
    weights[fmt::format("lin{}", k)] = at::ones({out});
  }
  const Lpips lpips(LpipsNetwork::alexnet, Pooling::maximum, weights, at::kCPU);
  const Tensor least = at::full({1, 3, 31, 31}, 0.5);
  EXPECT_EQ(lpips.distance(least, least).item<double>(), 0);
  EXPECT_THROW((void)lpips.distance(least.narrow(2, 0, 30), least.narrow(2, 0, 30)), Error);
}

TEST(Lpips, NamesAMissingTensorAndOneOfTheWrongShape) {
  WeightMap weights = vgg_weights();
  weights.erase("features.14.bias");
  try {
    const Lpips lpips(LpipsNetwork::vgg16, Pooling::average, weights, at::kCPU);
    FAIL() << "no error";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("features.14.bias"), std::string::npos) << error.what();
  }
  EXPECT_THROW(Lpips(LpipsNetwork::alexnet, Pooling::maximum, vgg_weights(), at::kCPU), DataError);
}

/// The largest difference of the four pairs from what the reference gave; kept in the test's report.
double deviation(const Lpips& lpips, const std::string& name) {
  const double largest = largest_difference(lpips.distance(golden("sample"), golden("reference")), golden(name));
  testing::Test::RecordProperty(name + "_deviation", fmt::format("{:.2e}", largest));
  return largest;
}

/// With converted real weights the numbers of the lpips package and of the tables.
TEST(Lpips, WithRealVggWeightsAgreesWithTheReferences) {
  const char* const path = std::getenv("DPSBENCH_LPIPS_WEIGHTS");
  if (path == nullptr) GTEST_SKIP() << "DPSBENCH_LPIPS_WEIGHTS names no file of converted VGG16 weights";
  const WeightMap weights = read_weights(path);
  const Lpips average(LpipsNetwork::vgg16, Pooling::average, weights, at::kCPU);
  const Lpips maximum(LpipsNetwork::vgg16, Pooling::maximum, weights, at::kCPU);
  EXPECT_LT(deviation(average, "lpips_real_vgg_avg"), 1e-5);
  EXPECT_LT(deviation(maximum, "lpips_real_vgg_max"), 1e-5);
}

TEST(Lpips, WithRealAlexNetWeightsAgreesWithTheReference) {
  const char* const path = std::getenv("DPSBENCH_LPIPS_ALEX_WEIGHTS");
  if (path == nullptr) GTEST_SKIP() << "DPSBENCH_LPIPS_ALEX_WEIGHTS names no file of converted AlexNet weights";
  const Lpips lpips(LpipsNetwork::alexnet, Pooling::maximum, read_weights(path), at::kCPU);
  EXPECT_LT(deviation(lpips, "lpips_real_alex"), 1e-5);
}

}  // namespace
}  // namespace dpsbench
