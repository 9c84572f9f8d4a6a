#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(CompressedSensing, KeepsTheAskedNumberOfOrthonormalRows) {
  for (const char* transform : {"dct", "hadamard"}) {
    const OperatorCase item{
        .task = "compressed_sensing", .options = {{"ratio", 0.3}, {"transform", transform}}, .shape = {3, 16, 32}};
    const auto op = item.bind(noise_of({"a", "b"}), at::kDouble);
    EXPECT_EQ(op->measurement_shape(), (std::vector<std::int64_t>{3, 153}));
    const Tensor y = trial(noise_of({"a", "b"}), 1, {3, 153}, at::kDouble);
    EXPECT_LT(relative_distance(op->forward(adjoint(*op, y)), y), 1e-13);
  }
}

TEST(CompressedSensing, SpreadsEveryPixelOverTheMeasurement) {
  const OperatorCase item{.task = "compressed_sensing", .options = {{"transform", "hadamard"}}, .shape = {1, 16, 16}};
  const auto op = item.bind(noise_of({"a", "b"}), at::kDouble);
  const Tensor impulse = at::zeros({2, 1, 16, 16}, at::kDouble);
  impulse.select(2, 3).select(2, 5).fill_(1);
  const Tensor y = op->forward(impulse);
  EXPECT_LT((y.abs() - 1.0 / 16).abs().max().item<double>(), 1e-15);
  EXPECT_FALSE(at::equal(y[0], y[1]));  // other rows, other signs
}

TEST(CompressedSensing, RefusesHadamardWithoutPowersOfTwo) {
  const TaskEntry& task = find_task("compressed_sensing");
  EXPECT_THROW(task.check(OptionValues(task.options, {{"transform", "hadamard"}}), {3, 32, 48}), UserError);
  EXPECT_THROW(task.check(OptionValues(task.options, {{"ratio", 0.0001}}), {3, 32, 32}), UserError);
  EXPECT_THROW(task.check(OptionValues(task.options, {{"transform", "fourier"}}), {3, 32, 32}), UserError);
}

}  // namespace
}  // namespace dpsbench
