#include <gtest/gtest.h>

#include "core/error.h"
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"
#include "training/images.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::ramp_image;

DatasetSpec spec_of(const Folder& folder) {
  DatasetSpec spec;
  spec.name = "test";
  spec.path = folder.path();
  return spec;
}

/// Draws for one example: which image, scale, top, left, flip.
Tensor draws(float which, float scale, float top, float left, float flip) {
  return at::tensor({which, scale, top, left, flip}).unsqueeze(0);
}

TEST(TrainingImages, WholeImagesAreChosenEvenly) {
  const Folder folder;
  for (int k = 0; k < 3; ++k) write_png(folder / (std::to_string(k) + ".png"), ramp_image(3, 4, 4, 20 * k));
  const TrainingImages images(spec_of(folder), {}, {3, 4, 4});
  ASSERT_EQ(images.size(), 3);
  const float no_flip = 0.9f;
  for (const float position : {0.01f, 0.32f})
    EXPECT_TRUE(at::equal(images.examples(draws(position, 0, 0, 0, no_flip))[0], ramp_image(3, 4, 4, 0)));
  EXPECT_TRUE(at::equal(images.examples(draws(0.34f, 0, 0, 0, no_flip))[0], ramp_image(3, 4, 4, 20)));
  EXPECT_TRUE(at::equal(images.examples(draws(0.99999994f, 0, 0, 0, no_flip))[0], ramp_image(3, 4, 4, 40)));
}

TEST(TrainingImages, WholeImagesOfAnotherSizeAreToldAtOnce) {
  const Folder folder;
  write_png(folder / "large.png", ramp_image(3, 8, 8));
  EXPECT_THROW(TrainingImages(spec_of(folder), {}, {3, 4, 4}), DataError);
  DatasetSpec resized = spec_of(folder);
  resized.resize = true;
  EXPECT_EQ(TrainingImages(resized, {}, {3, 4, 4}).examples(draws(0, 0, 0, 0, 0)).size(3), 4);
}

TEST(TrainingImages, HalfOfTheExamplesAreMirrored) {
  const Folder folder;
  write_png(folder / "a.png", ramp_image(3, 4, 4));
  const TrainingImages images(spec_of(folder), {}, {3, 4, 4});
  EXPECT_TRUE(at::equal(images.examples(draws(0.5f, 0, 0, 0, 0.49f))[0], ramp_image(3, 4, 4).flip(2)));
  EXPECT_TRUE(at::equal(images.examples(draws(0.5f, 0, 0, 0, 0.51f))[0], ramp_image(3, 4, 4)));
  CropOptions no_flips;
  no_flips.flips = false;
  const TrainingImages upright(spec_of(folder), no_flips, {3, 4, 4});
  EXPECT_TRUE(at::equal(upright.examples(draws(0.5f, 0, 0, 0, 0.49f))[0], ramp_image(3, 4, 4)));
}

/// A photograph 96 x 64 whose red is its column and whose green is its row, in bytes.
void write_photograph(const Folder& folder) {
  const Tensor column = (at::arange(96, at::kFloat) / 255 * 2 - 1).expand({64, 96});
  const Tensor row = (at::arange(64, at::kFloat) / 255 * 2 - 1).unsqueeze(1).expand({64, 96});
  write_png(folder / "photo.png", at::stack({column, row, at::zeros({64, 96})}));
}

CropOptions crops(std::int64_t shortest, std::int64_t longest) {
  CropOptions options;
  options.random = true;
  options.shortest_side = shortest;
  options.longest_side = longest;
  return options;
}

TEST(TrainingImages, LargestScaleCutsThePhotographItself) {
  const Folder folder;
  write_photograph(folder);
  const TrainingImages images(spec_of(folder), crops(32, 64), {3, 16, 16});
  const Tensor example = bytes_from_image(images.examples(draws(0.5f, 0.999999f, 0.5f, 0.25f, 0.9f))[0]);
  // tops 0 .. 48, lefts 0 .. 80
  EXPECT_EQ(example[0][0][0].item<int>(), 20);
  EXPECT_EQ(example[1][0][0].item<int>(), 24);
  EXPECT_EQ(example[0][15][15].item<int>(), 35);
}

TEST(TrainingImages, SmallestScaleShrinksTheCropToMatch) {
  const Folder folder;
  write_photograph(folder);
  const TrainingImages images(spec_of(folder), crops(32, 64), {3, 16, 16});
  // short side 32 of 64: a crop of 16 covers 32 of the photograph's pixels; lefts 0 .. 64, tops 0 .. 32
  const Tensor example = images.examples(draws(0.5f, 0, 0.0f, 0.999999f, 0.9f))[0];
  const Tensor bytes = (example + 1) * 127.5;
  EXPECT_NEAR(bytes[0].mean().item<double>(), 64 + 15.5, 0.1);
  EXPECT_NEAR((bytes[0][8][12] - bytes[0][8][4]).item<double>(), 16, 0.1);
  EXPECT_NEAR(bytes[1].mean().item<double>(), 15.5, 0.1);
}

TEST(TrainingImages, PhotographsAreShrunkToTheLongestSideWanted) {
  const Folder folder;
  write_photograph(folder);
  const TrainingImages images(spec_of(folder), crops(32, 32), {3, 32, 32});
  const Tensor bytes = (images.examples(draws(0.5f, 0.5f, 0.5f, 0.0f, 0.9f))[0] + 1) * 127.5;
  EXPECT_NEAR((bytes[1][24][8] - bytes[1][8][8]).item<double>(), 32, 0.5);  // 16 rows are 32 of the photograph's
}

TEST(TrainingImages, PhotographsSmallerThanACropAreRefused) {
  const Folder folder;
  write_png(folder / "small.png", ramp_image(3, 20, 12));
  EXPECT_THROW(TrainingImages(spec_of(folder), crops(16, 64), {3, 16, 16}), UserError);
}

}  // namespace
}  // namespace dpsbench
