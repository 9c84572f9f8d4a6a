#include "metrics/psnr.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "metrics/unit_images.h"
#include "tests/metrics/golden_images.h"

namespace dpsbench {
namespace {

TEST(Psnr, AgreesWithPiqForEachImage) {
  EXPECT_LT(largest_difference(psnr(golden("sample"), golden("reference")), golden("psnr")), 1e-5);
}

TEST(Psnr, IsTheClosedFormForAConstantError) {
  const Tensor reference = at::full({2, 1, 3, 5}, 0.25, at::kDouble);
  const Tensor values = psnr(reference + 0.1, reference);
  ASSERT_EQ(values.sizes(), at::IntArrayRef({2}));
  EXPECT_EQ(values.scalar_type(), at::kDouble);
  EXPECT_NEAR(values[0].item<double>(), -10 * std::log10(0.01 + 1e-8), 1e-12);
}

TEST(Psnr, OfEqualImagesIsEightyDecibels) {
  const Tensor images = at::full({1, 3, 4, 4}, 0.5);
  EXPECT_NEAR(psnr(images, images).item<double>(), 80, 1e-9);
}

TEST(Psnr, RefusesImagesOutsideTheUnitRangeAndOtherShapes) {
  const Tensor images = at::full({1, 3, 4, 4}, 0.5);
  EXPECT_THROW((void)psnr(images * 3, images), Error);
  EXPECT_THROW((void)psnr(images, images - 1), Error);
  EXPECT_THROW((void)psnr(images / 0 * 0, images), Error);
  EXPECT_THROW((void)psnr(images, images.narrow(3, 0, 2)), Error);
  EXPECT_THROW((void)psnr(images[0], images[0]), Error);
}

TEST(UnitRange, MapsAndClampsSymmetricImages) {
  const Tensor mapped = to_unit_range(at::tensor({-3.0f, -1.0f, 0.0f, 0.5f, 1.0f, 1.5f}));
  const Tensor expected = at::tensor({0.0, 0.0, 0.5, 0.75, 1.0, 1.0}, at::kDouble);
  EXPECT_TRUE(mapped.equal(expected)) << mapped;
}

}  // namespace
}  // namespace dpsbench
