#include "metrics/parts/unit_images.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(UnitImages, MapAndClampSymmetricImages) {
  const Tensor mapped = to_unit_range(at::tensor({-3.0f, -1.0f, 0.0f, 0.5f, 1.0f, 1.5f}));
  const Tensor expected = at::tensor({0.0, 0.0, 0.5, 0.75, 1.0, 1.0}, at::kDouble);
  EXPECT_TRUE(mapped.equal(expected)) << mapped;
}

TEST(UnitImages, AreRefusedOutsideTheUnitRangeAndForOtherShapes) {
  const Tensor images = at::full({1, 3, 4, 4}, 0.5);
  EXPECT_NO_THROW(check_unit_images(images, images));
  EXPECT_THROW(check_unit_images(images * 3, images), Error);
  EXPECT_THROW(check_unit_images(images, images - 1), Error);
  EXPECT_THROW(check_unit_images(images / 0 * 0, images), Error);  // NaN
  EXPECT_THROW(check_unit_images(images, images.narrow(3, 0, 2)), Error);
  EXPECT_THROW(check_unit_images(images[0], images[0]), Error);
  EXPECT_THROW(check_unit_images(images.narrow(0, 0, 0), images.narrow(0, 0, 0)), Error);
}

}  // namespace
}  // namespace dpsbench
