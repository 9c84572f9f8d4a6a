#include <gtest/gtest.h>

#include "core/noise_kind.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(PhotonNoise, OfAMaskedPictureLeavesHiddenPixelsUnlessAsked) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const auto op = bind_small("inpainting", {{"mask_fraction", 0.5}});
  const Tensor x = small_images().mul(0.3).clamp(-1, 1);
  const Tensor y = measure(*op, x, 0.1, noise, false, NoiseKind::poisson);
  const Tensor seen = op->measured().expand_as(y) > 0;
  EXPECT_TRUE(y.masked_select(~seen).equal(at::zeros_like(y).masked_select(~seen)));
  EXPECT_TRUE(y.masked_select(seen).equal(counted_picture(op->forward(x), 0.1, noise).masked_select(seen)));
  const Tensor everywhere = measure(*op, x, 0.1, noise, true, NoiseKind::poisson);
  EXPECT_TRUE(everywhere.masked_select(seen).equal(y.masked_select(seen)));
  EXPECT_GT((everywhere.masked_select(~seen) != 0).sum().item<std::int64_t>(), 0);
}

TEST(PhotonNoise, GaussianIsWhatNothingSaysIsMeant) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const auto op = bind_small("super_resolution_pooling", {{"scale", std::int64_t{2}}});
  const Tensor x = small_images().mul(0.3);
  EXPECT_TRUE(measure(*op, x, 0.1, noise, false).equal(measure(*op, x, 0.1, noise, false, NoiseKind::gaussian)));
}

TEST(SpeckleNoise, OfAMaskedPictureLeavesHiddenPixelsUnlessAsked) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const auto op = bind_small("inpainting", {{"mask_fraction", 0.5}});
  const Tensor x = small_images().mul(0.3).clamp(-1, 1);
  const Tensor y = measure(*op, x, 0.1, noise, false, NoiseKind::speckle);
  const Tensor seen = op->measured().expand_as(y) > 0;
  EXPECT_TRUE(y.masked_select(~seen).equal(at::zeros_like(y).masked_select(~seen)));
  EXPECT_TRUE(y.masked_select(seen).equal(speckled_picture(op->forward(x), 0.1, noise).masked_select(seen)));
  const Tensor everywhere = measure(*op, x, 0.1, noise, true, NoiseKind::speckle);
  EXPECT_TRUE(everywhere.masked_select(seen).equal(y.masked_select(seen)));
  EXPECT_GT((everywhere.masked_select(~seen) != 0).sum().item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace dpsbench
