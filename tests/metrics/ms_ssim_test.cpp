#include "metrics/ms_ssim.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/metrics/golden_images.h"
#include "tests/metrics/wave_images.h"

namespace dpsbench {
namespace {

// Expected values: piq.multi_scale_ssim(x, y, reduction='none') in float64. Both sizes have odd sides at several
// scales.

TEST(MsSsim, AgreesWithPiqOnUnlikeImages) {
  const Tensor values = ms_ssim(wave_images(2, 2, 163, 170, 0.2), wave_images(2, 2, 163, 170, 0.35));
  EXPECT_LT(largest_difference(values, at::tensor({0.7531706266570517, 0.8203954802560527}, at::kDouble)), 1e-12);
}

TEST(MsSsim, AgreesWithPiqOnAlikeImagesOfTheSmallestSize) {
  const Tensor x = wave_images(1, 1, 161, 161, 0.2);
  const Tensor y = (x + 0.02 * (x * 1000).cos()).clamp(0, 1);
  EXPECT_NEAR(ms_ssim(x, y).item<double>(), 0.9981690156330257, 1e-10);  // cos(1000 x) magnifies rounding
}

TEST(MsSsim, TakesNegativeStructureAsZero) {
  const Tensor x = wave_images(1, 1, 161, 161, 0.2);
  EXPECT_EQ(ms_ssim(x, 1 - x).item<double>(), 0);
}

TEST(MsSsim, RefusesImagesTooSmallForFiveScales) {
  const Tensor small = at::full({1, 3, 256, 160}, 0.5);
  EXPECT_THROW((void)ms_ssim(small, small), Error);
}

}  // namespace
}  // namespace dpsbench
