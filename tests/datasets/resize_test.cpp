#include "datasets/resize.h"

#include "core/error.h"
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"

namespace dpsbench {
namespace {

TEST(Resize, CentreSquareKeepsTheMiddleOfWideAndTallImages) {
  const Tensor wide = test::ramp_image(3, 4, 9);
  EXPECT_TRUE(at::equal(centre_square(wide), wide.narrow(2, 2, 4)));
  const Tensor tall = test::ramp_image(1, 8, 4);
  EXPECT_TRUE(at::equal(centre_square(tall), tall.narrow(1, 2, 4)));
}

TEST(Resize, KeepsConstantsAndTheSlopeOfALine) {
  EXPECT_TRUE(at::allclose(resize(at::full({3, 30, 30}, 0.25), 7, 7), at::full({3, 7, 7}, 0.25), 1e-6, 1e-6));
  // away from the border a symmetric filter leaves a line a line: pixel k of 8 sees the centre of pixels 4 k .. 4 k + 3
  const Tensor line = at::linspace(-1, 1, 32).expand({1, 32, 32}).contiguous();
  const Tensor expected = line.reshape({1, 32, 8, 4}).mean(3).narrow(1, 0, 8);
  const Tensor met = resize(line, 8, 8);
  EXPECT_TRUE(at::allclose(met.narrow(2, 2, 4), expected.narrow(2, 2, 4), 1e-5, 1e-6)) << met;
}

TEST(Resize, RemovesStripesTooFineToKeep) {
  const Tensor stripes = (at::arange(64, at::kFloat).remainder(2) * 2 - 1).expand({1, 64, 64}).contiguous();
  const Tensor inner = resize(stripes, 16, 16).narrow(2, 2, 12);  // at the border the filter is cut off
  EXPECT_LT(inner.abs().max().item<float>(), 0.02f);
}

TEST(Resize, AgreesWithPillowsBicubicFilter) {
  const std::filesystem::path images = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/datasets/images";
  const Tensor met = resize(centre_square(read_image(images / "resize_input.png")), 16, 16);
  const Tensor expected = read_image(images / "resize_to_16.png");
  const double one_level = 2.0 / 255;  // Pillow rounds to bytes after each direction
  EXPECT_LT((met - expected).abs().max().item<double>(), 1.01 * one_level);
}

TEST(Resize, GreyIsTheLuminanceAndRepeatsInColour) {
  const Tensor colours = at::eye(3).reshape({3, 1, 3});  // red, green and blue pixels
  EXPECT_TRUE(at::allclose(with_channels(colours, 1), at::tensor({0.299f, 0.587f, 0.114f}).reshape({1, 1, 3})));
  const Tensor grey = test::ramp_image(1, 2, 2);
  EXPECT_TRUE(at::equal(with_channels(grey, 3), at::cat({grey, grey, grey})));
  EXPECT_THROW(with_channels(grey, 2), Error);
}

TEST(Resize, PaddingIsBlackAndCentred) {
  const Tensor image = at::full({1, 2, 2}, 0.5);
  const Tensor padded = pad_to_square(image, 4);
  EXPECT_TRUE(at::equal(padded.narrow(1, 1, 2).narrow(2, 1, 2), image));
  EXPECT_FLOAT_EQ(padded.sum().item<float>(), 4 * 0.5f - 12);
}

}  // namespace
}  // namespace dpsbench
