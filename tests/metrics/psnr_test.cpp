#include "metrics/psnr.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace dpsbench
