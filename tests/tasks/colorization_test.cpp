#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(Colorization, RepeatsTheGreyValueInThreeChannels) {
  const Tensor x = small_images();
  const Tensor grey = x.select(1, 0) * 0.299 + x.select(1, 1) * 0.587 + x.select(1, 2) * 0.114;
  const Tensor y = bind_small("colorization")->forward(x);
  for (const std::int64_t channel : {0, 1, 2}) EXPECT_LT(relative_distance(y.select(1, channel), grey), 1e-15);
}

TEST(Colorization, HasOneSingularValueAPixel) {
  const Tensor s = bind_small("colorization")->spectral()->singular_values();
  const double expected = std::sqrt(3 * (0.299 * 0.299 + 0.587 * 0.587 + 0.114 * 0.114));
  EXPECT_EQ((s > 0).sum().item<std::int64_t>(), 16 * 24);
  EXPECT_NEAR(s.max().item<double>(), expected, 1e-15);
}

TEST(Colorization, RefersDpsWToTheNoisedGreyImage) {
  const Tensor y = small_images(2);
  const auto reference = bind_small("colorization")->denoising_reference(y);
  EXPECT_TRUE(at::equal(reference->image, y));
  EXPECT_FALSE(reference->mask.defined());
  EXPECT_FALSE(reference->own_gradient);
  EXPECT_FALSE(reference->capped);
  EXPECT_EQ(reference->strength, 1);
}

TEST(Colorization, RefusesGreyImages) {
  const TaskEntry& task = find_task("colorization");
  EXPECT_THROW(task.check(OptionValues(task.options, {}), {1, 16, 16}), UserError);
}

}  // namespace
}  // namespace dpsbench
