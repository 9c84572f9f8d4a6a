#include <gtest/gtest.h>

#include "core/error.h"
#include "tasks/parts/harmonic_interpolation.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

class Interpolation : public testing::Test {
 protected:
  /// What the control answers, having asked the prior nothing.
  [[nodiscard]] Tensor answer(const std::string& task, const std::map<std::string, OptionValue>& options) {
    op_ = bind_task(task, options, prior_, noise_);
    y_ = measure(*op_, noise_.normal(Purpose::training, 0, {3, 32, 32}, at::kFloat) * 0.3, 0.05, noise_, false);
    SilentObserver silent;
    return make_method("interpolation", {})->sample({prior_, schedule_, *op_, y_, 0.05, noise_}, silent);
  }

  class Silent final : public Prior {
   public:
    [[nodiscard]] Evaluation evaluate(const Tensor&, const NoiseLevel&, Gradient) const override {
      throw Error("the control asked the prior");
    }
    [[nodiscard]] ImageShape shape() const override { return {3, 32, 32}; }
    [[nodiscard]] double smallest_sigma() const override { return 0.01; }
    [[nodiscard]] TensorOptions options() const override { return at::kFloat; }
  };
  Silent prior_;
  NoiseSchedule schedule_ = NoiseSchedule::linear();
  PhiloxNoise noise_ = noise_of(2);
  std::unique_ptr<Operator> op_;
  Tensor y_;
};

TEST_F(Interpolation, IsTheFirstMethodAndCostsNothing) {
  EXPECT_EQ(methods().front().name, "interpolation");
  const Cost cost = methods().front().cost(OptionValues({}, {}), 0.05);
  EXPECT_EQ(cost.forward + cost.backward, 0);
}

TEST_F(Interpolation, IsTheMeasurementWhereThatIsThePicture) {
  for (const auto& [task, options] :
       std::map<std::string, std::map<std::string, OptionValue>>{{"denoising", {}},
                                                                 {"gaussian_blur", {{"sigma", 1.5}}},
                                                                 {"uniform_blur", {}},
                                                                 {"motion_blur", {{"kernel_size", std::int64_t{9}}}},
                                                                 {"jpeg", {}}})
    EXPECT_TRUE(at::equal(answer(task, options), y_)) << task;
}

TEST_F(Interpolation, FillsHiddenPixelsEnlargesAndStaysGrey) {
  const Tensor filled = answer("inpainting", {});
  EXPECT_TRUE(at::equal(filled, harmonic_interpolation(y_, op_->measured())));
  const Tensor grey = answer("colorization", {});
  EXPECT_TRUE(at::equal(grey.select(1, 0), grey.select(1, 2)));
  EXPECT_LT((grey.mean(1) - y_.mean(1)).abs().max().item<double>(), 1e-6);
  // both ways of shrinking keep a constant, and so does the enlargement
  for (const std::string task : {"super_resolution", "super_resolution_pooling"}) {
    std::ignore = answer(task, {});
    const Tensor constant = at::full_like(y_, 0.25);
    EXPECT_LT((op_->trivial_estimate(constant) - 0.25).abs().max().item<double>(), 1e-6) << task;
  }
}

TEST_F(Interpolation, IsTheAdjointElsewhere) {
  const Tensor x = answer("compressed_sensing", {});
  EXPECT_TRUE(at::equal(x, adjoint(*op_, y_)));
}

}  // namespace
}  // namespace dpsbench
