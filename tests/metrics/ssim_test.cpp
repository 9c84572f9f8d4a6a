#include "metrics/ssim.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/metrics/golden_images.h"
#include "tests/metrics/wave_images.h"

namespace dpsbench {
namespace {

TEST(Ssim, AgreesWithPiqForEachImage) {
  EXPECT_LT(largest_difference(ssim(golden("sample"), golden("reference")), golden("ssim")), 1e-5);
}

struct Case {
  std::vector<std::int64_t> shape;
  std::vector<double> expected;  ///< piq.ssim(wave 0.2, wave 0.35, reduction='none') in float64
};

/// Sides of 384 and 640 are halfway between two averaging factors.
TEST(Ssim, AgreesWithPiqInDoubleAndWithAveragingOfLargeImages) {
  const std::vector<Case> cases = {{{2, 3, 32, 40}, {0.6109286648256192, 0.598898541312871}},
                                   {{1, 1, 383, 500}, {0.026710472209890437}},
                                   {{1, 2, 384, 390}, {0.46825133402862695}},
                                   {{1, 1, 640, 641}, {0.47972586859688154}}};
  for (const Case& c : cases) {
    const Tensor x = wave_images(c.shape[0], c.shape[1], c.shape[2], c.shape[3], 0.2);
    const Tensor y = wave_images(c.shape[0], c.shape[1], c.shape[2], c.shape[3], 0.35);
    EXPECT_LT(largest_difference(ssim(x, y), at::tensor(c.expected, at::kDouble)), 1e-12) << c.shape[2];
  }
}

TEST(Ssim, OfConstantImagesIsTheLuminanceTerm) {
  const double a = 0.25;
  const double b = 0.75;
  const Tensor x = at::full({1, 1, 11, 11}, a, at::kDouble);
  EXPECT_NEAR(ssim(x, x + (b - a)).item<double>(), (2 * a * b + 1e-4) / (a * a + b * b + 1e-4), 1e-10);
}

TEST(Ssim, OfEqualImagesIsOneAndItIsSymmetric) {
  const Tensor x = golden("sample");
  const Tensor y = golden("reference");
  EXPECT_LT(largest_difference(ssim(x, x), at::ones({4}, at::kDouble)), 1e-12);
  EXPECT_LT(largest_difference(ssim(x, y), ssim(y, x)), 1e-12);
}

TEST(Ssim, OfAnImageDoesNotDependOnItsBatch) {
  const Tensor x = golden("sample");
  const Tensor y = golden("reference");
  EXPECT_TRUE(ssim(x, y)[2].equal(ssim(x.narrow(0, 2, 1), y.narrow(0, 2, 1))[0]));
}

TEST(Ssim, RefusesImagesSmallerThanItsWindow) {
  const Tensor small = at::full({1, 3, 10, 40}, 0.5);
  EXPECT_THROW((void)ssim(small, small), Error);
}

}  // namespace
}  // namespace dpsbench
