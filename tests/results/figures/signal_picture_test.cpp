#include "results/figures/signal_picture.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

TEST(SignalPicture, LeavesPicturesAsTheyAre) {
  const Tensor picture = at::rand({3, 4, 5});
  EXPECT_TRUE(picture_of_signal(picture).equal(picture));
}

TEST(SignalPicture, DrawsASignalsStepsOnOneScale) {
  const Tensor signal = at::tensor({2.0, -2.0, 0.0, 9.0, 0.0}, at::kDouble).view({1, 1, 5});
  const Tensor black = picture_of_signal(signal)[0] == -1;
  ASSERT_EQ(black.sizes(), at::IntArrayRef({5, 10}));
  const auto rows = [&](std::int64_t column) { return black.select(1, column).sum().item<std::int64_t>(); };
  EXPECT_TRUE(black[0][1].item<bool>());  // 2 at the top
  EXPECT_EQ(rows(2), 5);                  // from 2 down to -2
  EXPECT_TRUE(black[4][3].item<bool>());
  EXPECT_TRUE(black[2][5].item<bool>());
  EXPECT_TRUE(black[0][7].item<bool>());  // 9 at the edge
}

TEST(SignalPicture, OfALongSignalShowsRanges) {
  const Tensor signal = at::zeros({1, 1, 1000}, at::kDouble);
  signal[0][0][503] = 2;
  const Tensor black = picture_of_signal(signal)[0] == -1;
  ASSERT_EQ(black.sizes(), at::IntArrayRef({128, 256}));
  const Tensor tall = black.sum(0) > 2;  // the step up and down again lies within one place, 500 to 507
  EXPECT_EQ(tall.sum().item<std::int64_t>(), 1);
  EXPECT_TRUE(tall[2 * 64].item<bool>());
  EXPECT_TRUE(black[0][2 * 64].item<bool>());
}

}  // namespace
}  // namespace dpsbench
