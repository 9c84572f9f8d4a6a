#include <gtest/gtest.h>

#include "core/error.h"
#include "tasks/parts/resize_matrix.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

Tensor some(const std::vector<std::int64_t>& shape) { return trial(noise_of({"a", "b"}), 1, shape, at::kDouble); }

TEST(BicubicMatrix, HasTheSixteenTapsOfScaleFour) {
  // of the Resizer that DPS uses: outputs away from the edges see the same symmetric weights on pixels 4 o - 6 ... 4 o
  // + 9
  const std::vector<double> half = {-0.00170898, -0.01098633, -0.01831055, -0.01196289,
                                    0.02270508,  0.09741211,  0.18188477,  0.2409668};
  const Tensor matrix = bicubic_matrix(64, 4);
  for (std::int64_t tap = 0; tap < 8; ++tap) {
    EXPECT_NEAR(matrix[5][5 * 4 - 6 + tap].item<double>(), half[static_cast<std::size_t>(tap)], 5e-9);
    EXPECT_NEAR(matrix[5][5 * 4 + 9 - tap].item<double>(), half[static_cast<std::size_t>(tap)], 5e-9);
  }
  EXPECT_EQ((matrix[5] != 0).sum().item<std::int64_t>(), 16);
}

TEST(BicubicMatrix, KeepsConstantsAndIsItsOwnMirrorImage) {
  for (const std::int64_t scale : {2, 3, 4, 8}) {
    const Tensor matrix = bicubic_matrix(48, scale);
    EXPECT_LT((matrix.sum(1) - 1).abs().max().item<double>(), 1e-14) << scale;
    EXPECT_LT((matrix.flip({0, 1}) - matrix).abs().max().item<double>(), 1e-14) << scale;
  }
}

TEST(BicubicMatrix, InterpolatesStraightLinesAwayFromTheEdges) {
  const Tensor line = at::arange(64, at::kDouble);
  const Tensor small = at::mv(bicubic_matrix(64, 4), line);
  const Tensor centres = at::arange(16, at::kDouble) * 4 + 1.5;
  EXPECT_LT((small - centres).slice(0, 2, 14).abs().max().item<double>(), 1e-12);
}

TEST(BicubicEnlargement, KeepsParabolasAwayFromTheEdgesAndConstantsEverywhere) {
  for (const std::int64_t scale : {2, 3, 4}) {
    const Tensor matrix = bicubic_enlargement(12, scale);
    EXPECT_LT((matrix.sum(1) - 1).abs().max().item<double>(), 1e-14) << scale;
    const auto at_centres = [](const Tensor& centres) { return centres.square() * 0.3 - centres * 2 + 1; };
    const Tensor small = at_centres(at::arange(12, at::kDouble));
    const Tensor large = at_centres((at::arange(12 * scale, at::kDouble) + 0.5) / static_cast<double>(scale) - 0.5);
    const Tensor error = (at::mv(matrix, small) - large).slice(0, 2 * scale, 10 * scale);
    EXPECT_LT(error.abs().max().item<double>(), 1e-12) << scale;
  }
}

TEST(PoolingSuperResolution, TakesMeansOfBlocks) {
  const OperatorCase item{
      .task = "super_resolution_pooling", .options = {{"scale", std::int64_t{4}}}, .shape = {3, 16, 24}};
  const Tensor x = some({3, 16, 24});
  const Tensor y = item.bind(noise_of({"a", "b"}), at::kDouble)->forward(x);
  EXPECT_LT(relative_distance(y, at::avg_pool2d(x, {4, 4})), 1e-14);
}

TEST(PoolingSuperResolution, RefersDpsWToTheSameImageEitherWay) {
  OperatorCase item{.task = "super_resolution_pooling", .options = {}, .shape = {3, 16, 24}};
  const Tensor y = some({3, 4, 6});
  const Tensor nearest = item.bind(noise_of({"a", "b"}), at::kDouble)->denoising_reference(y)->image;
  item.options["reference"] = "adjoint";
  const Tensor from_adjoint = item.bind(noise_of({"a", "b"}), at::kDouble)->denoising_reference(y)->image;
  EXPECT_LT(relative_distance(from_adjoint, nearest), 1e-14);
}

TEST(SuperResolution, RefersDpsWToTheEnlargedMeasurement) {
  OperatorCase item{.task = "super_resolution", .options = {}, .shape = {3, 16, 24}};
  const Tensor y = some({3, 4, 6});
  const auto op = item.bind(noise_of({"a", "b"}), at::kDouble);
  const auto nearest = op->denoising_reference(y);
  EXPECT_TRUE(at::equal(nearest->image, at::upsample_nearest2d(y, {16, 24})));
  EXPECT_EQ(nearest->strength, 4);
  EXPECT_TRUE(nearest->capped);
  EXPECT_FALSE(nearest->own_gradient);
  item.options["reference"] = "adjoint";
  const auto from_adjoint = item.bind(noise_of({"a", "b"}), at::kDouble)->denoising_reference(y);
  EXPECT_TRUE(at::equal(from_adjoint->image, adjoint(*op, y) * 16));
}

TEST(SuperResolution, RefusesAScaleThatDoesNotDivideTheImage) {
  const TaskEntry& task = find_task("super_resolution");
  const OptionValues by_eight(task.options, {{"scale", std::int64_t{8}}});
  EXPECT_NO_THROW(task.check(by_eight, {3, 32, 64}));
  try {
    task.check(by_eight, {3, 36, 64});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(), "scale: 8 does not divide the image's 36 x 64 pixels");
  }
}

}  // namespace
}  // namespace dpsbench
