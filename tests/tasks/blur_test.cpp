#include <gtest/gtest.h>

#include "core/error.h"
#include "tasks/parts/motion_kernel.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

/// The impulse response at the middle of a 65 x 65 image.
Tensor response(const OperatorCase& item) {
  const Tensor impulse = at::zeros({1, 1, 65, 65}, at::kDouble);
  impulse[0][0][32][32].fill_(1);
  return item.bind(noise_of({"a"}), at::kDouble)->forward(impulse)[0][0];
}

TEST(GaussianBlur, HasTheKernelOfDps) {
  const Tensor kernel = response({.task = "gaussian_blur", .options = {}, .shape = {1, 65, 65}});
  EXPECT_NEAR(kernel[32][32].item<double>(), 0.017684888, 2e-9);
  EXPECT_NEAR(kernel[32][33].item<double>(), 0.016729187, 2e-9);
  EXPECT_NEAR(kernel[32][44].item<double>(), 5.93e-6, 5e-9);
  EXPECT_EQ((kernel != 0).sum().item<std::int64_t>(), 25 * 25);
  EXPECT_NEAR(kernel.sum().item<double>(), 1, 1e-14);
}

TEST(UniformBlur, TakesMeansOverASlidingSquare) {
  const Tensor kernel = response({.task = "uniform_blur", .options = {}, .shape = {1, 65, 65}});
  const Tensor square = kernel.slice(0, 28, 37).slice(1, 28, 37);
  EXPECT_LT((square - 1.0 / 81).abs().max().item<double>(), 1e-16);
  EXPECT_EQ((kernel != 0).sum().item<std::int64_t>(), 81);
}

TEST(Blurs, ReflectTheImageAtItsEdges) {
  // against a convolution of the padded picture
  const OperatorCase item{.task = "uniform_blur", .options = {{"taps", std::int64_t{5}}}, .shape = {3, 9, 12}};
  const Tensor x = trial(noise_of({"a"}), 1, {3, 9, 12}, at::kDouble);
  const Tensor expected = at::avg_pool2d(at::reflection_pad2d(x, {2, 2, 2, 2}), {5, 5}, {1, 1});
  EXPECT_LT(relative_distance(item.bind(noise_of({"a"}), at::kDouble)->forward(x), expected), 1e-14);
}

TEST(Blurs, RefuseImagesSmallerThanTheirReach) {
  const TaskEntry& task = find_task("gaussian_blur");
  const OptionValues values(task.options, {});
  EXPECT_NO_THROW(task.check(values, {3, 13, 13}));
  try {
    task.check(values, {3, 32, 12});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "sigma: the blur reaches 12 pixels, too far for an image of 32 x 12; allowed: less than 12");
  }
  const TaskEntry& motion = find_task("motion_blur");
  EXPECT_THROW(motion.check(OptionValues(motion.options, {}), {3, 30, 64}), UserError);
  EXPECT_THROW(motion.check(OptionValues(motion.options, {{"kernel_size", std::int64_t{8}}}), {3, 64, 64}), UserError);
}

Tensor kernel_of(const std::string& image, std::int64_t size, double intensity) {
  const Tensor uniforms =
      noise_of({image}).uniform(Purpose::mask, 0, {motion_uniforms}, at::kFloat).to(at::kDouble).contiguous();
  return motion_kernel(size, intensity, uniforms.const_data_ptr<double>());
}

TEST(MotionBlur, CorrelatesEachImageWithItsOwnKernel) {
  const OperatorCase item{.task = "motion_blur", .options = {{"kernel_size", std::int64_t{15}}}, .shape = {3, 20, 26}};
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor x = trial(noise, 1, {3, 20, 26}, at::kDouble);
  const Tensor y = item.bind(noise, at::kDouble)->forward(x);
  const Tensor padded = at::reflection_pad2d(x, {7, 7, 7, 7});
  for (const std::int64_t image : {0, 1}) {
    const Tensor kernel = kernel_of(image == 0 ? "a" : "b", 15, 0.5);
    const Tensor expected = at::conv2d(padded[image].unsqueeze(1), kernel.reshape({1, 1, 15, 15}));
    EXPECT_LT(relative_distance(y[image], expected.squeeze(1)), 1e-13);
  }
}

TEST(MotionKernel, IsANormalisedCentredLine) {
  for (const char* image : {"a", "b", "c", "d", "e", "f"}) {
    const Tensor kernel = kernel_of(image, 61, 0.5);
    EXPECT_NEAR(kernel.sum().item<double>(), 1, 1e-14);
    EXPECT_GE(kernel.min().item<double>(), 0);
    const Tensor offset = at::arange(61, at::kDouble) - 30;
    EXPECT_LT((kernel.sum(0) * offset).sum().abs().item<double>(), 1.0) << image;  // the window may cut its ends
    EXPECT_LT((kernel.sum(1) * offset).sum().abs().item<double>(), 1.0) << image;
    // a curve, not a blot: most of the exposure lies on few pixels
    const Tensor sorted = std::get<0>(kernel.flatten().sort(0, true));
    EXPECT_GT(sorted.slice(0, 0, 300).sum().item<double>(), 0.95) << image;
  }
}

TEST(MotionKernel, IsNearlyStraightWithoutIntensity) {
  // directions stay within 0.1 rad of the main axis: the second moment across is small against the one along
  for (const char* image : {"a", "b", "c", "d"}) {
    const Tensor kernel = kernel_of(image, 61, 0.0);
    const Tensor offset = at::arange(61, at::kDouble) - 30;
    const Tensor xx = (kernel.sum(0) * offset * offset).sum();
    const Tensor yy = (kernel.sum(1) * offset * offset).sum();
    const Tensor xy = (kernel * at::outer(offset, offset)).sum();
    const Tensor moments = at::linalg_eigvalsh(at::stack({xx, xy, xy, yy}).reshape({2, 2}));
    EXPECT_LT(moments[0].item<double>(), 0.25 + 0.02 * moments[1].item<double>()) << image;
  }
}

TEST(MotionKernel, DiffersFromImageToImage) {
  EXPECT_GT((kernel_of("a", 61, 0.5) - kernel_of("b", 61, 0.5)).abs().sum().item<double>(), 0.5);
}

}  // namespace
}  // namespace dpsbench
