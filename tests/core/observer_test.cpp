#include "core/observer.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

StepRecord record(std::int64_t done, std::int64_t total, double value) {
  return {done, total, at::full({2, 1, 1, 1}, value), at::full({2, 1, 1, 1}, value), at::full({2}, value)};
}

TEST(TrajectoryRecorder, KeepsEvenlySpreadFramesEndingWithTheLastStep) {
  TrajectoryRecorder recorder(1, 4);
  for (std::int64_t done = 1; done <= 10; ++done) recorder.on_step(record(done, 10, static_cast<double>(done)));
  const Tensor frames = recorder.trajectory();
  ASSERT_EQ(frames.sizes(), (std::vector<std::int64_t>{1, 4, 1, 1, 1}));
  EXPECT_EQ(frames.flatten().to(at::kLong)[0].item<std::int64_t>(), 3);
  EXPECT_EQ(frames.flatten().to(at::kLong)[3].item<std::int64_t>(), 10);
  EXPECT_EQ(recorder.step_sizes().sizes(), (std::vector<std::int64_t>{2, 10}));
}

TEST(TrajectoryRecorder, KeepsThePriorsShareOfThoseThatHaveIt) {
  TrajectoryRecorder without(0, 0);
  TrajectoryRecorder with(0, 0);
  for (std::int64_t done = 1; done <= 3; ++done) {
    StepRecord step = record(done, 3, 0);
    without.on_step(step);
    step.prior_share = at::full({2}, 0.25 * static_cast<double>(done));
    with.on_step(step);
  }
  EXPECT_FALSE(without.prior_shares().defined());
  EXPECT_TRUE(with.prior_shares().equal(at::tensor({0.25, 0.5, 0.75}, at::kDouble).expand({2, 3})));
}

TEST(TrajectoryRecorder, KeepsEveryStepWhenMoreFramesAreAskedThanThereAre) {
  TrajectoryRecorder recorder(5, 8);
  for (std::int64_t done = 1; done <= 3; ++done) recorder.on_step(record(done, 3, 0));
  EXPECT_EQ(recorder.trajectory().sizes(), (std::vector<std::int64_t>{2, 3, 1, 1, 1}));
}

TEST(FiniteCheck, StopsASamplerAllOfWhoseImagesLeftTheFiniteNumbers) {
  FiniteCheck check(5);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NO_THROW(check.on_step(record(4, 12, nan)));
  EXPECT_THROW(check.on_step(record(5, 12, nan)), NumericError);
  EXPECT_THROW(check.on_step(record(12, 12, nan)), NumericError);
}

TEST(FiniteCheck, NamesTheImageAndTheStepAndLetsTheOthersGoOn) {
  FiniteCheck check(5);
  StepRecord step = record(5, 12, 0.0);
  check.on_step(step);
  EXPECT_EQ(check.trouble(1), std::nullopt);
  step.done = 10;
  step.state = step.state.clone();
  step.state[1].fill_(std::numeric_limits<double>::infinity());
  EXPECT_NO_THROW(check.on_step(step));
  step.done = 12;
  EXPECT_NO_THROW(check.on_step(step));

  EXPECT_EQ(check.trouble(0), std::nullopt);
  EXPECT_EQ(check.trouble(1), "the sampler left the finite numbers at step 10 of 12");
}

}  // namespace
}  // namespace dpsbench
