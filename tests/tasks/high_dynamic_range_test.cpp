#include <gtest/gtest.h>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(HighDynamicRange, ClipsTheBrightenedImage) {
  const Tensor x = at::tensor({-0.8, -0.5, -0.2, 0.0, 0.3, 0.9}, at::kDouble).reshape({1, 1, 2, 3});
  const Tensor expected = at::tensor({-1.0, -1.0, -0.4, 0.0, 0.6, 1.0}, at::kDouble).reshape({1, 1, 2, 3});
  const OperatorCase item{.task = "high_dynamic_range", .options = {}, .shape = {1, 2, 3}};
  EXPECT_TRUE(at::allclose(item.bind(noise_of({"a"}), at::kDouble)->forward(x), expected));
}

}  // namespace
}  // namespace dpsbench
