#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

Tensor mask_of(const std::string& task, const std::map<std::string, OptionValue>& options, const ImageShape& shape,
               const Noise& noise) {
  return OperatorCase{.task = task, .options = options, .shape = shape}.bind(noise, at::kFloat)->measured();
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(std::to_string(i));
  return ids;
}

TEST(RandomInpainting, HidesExactlyTheAskedNumberOfPixels) {
  for (const double fraction : {0.0, 0.1, 0.4, 0.7, 0.92, 0.999}) {
    const Tensor mask = mask_of("inpainting", {{"mask_fraction", fraction}}, {3, 36, 28}, noise_of({"a", "b"}));
    const auto expected = static_cast<std::int64_t>(36 * 28 * fraction);
    EXPECT_TRUE(((mask == 0).sum({1, 2, 3}) == expected).all().item<bool>()) << fraction;
    EXPECT_TRUE(((mask == 0) + (mask == 1)).all().item<bool>());
  }
}

TEST(RandomInpainting, DrawsTheMaskFromSeedDataSetAndImageAlone) {
  const ImageShape shape{3, 16, 16};
  const Tensor first = mask_of("inpainting", {}, shape, noise_of({"a", "b"}));
  const Tensor second = mask_of("inpainting", {}, shape, noise_of({"c", "a", "b"}));
  EXPECT_TRUE(at::equal(first, second.slice(0, 1, 3)));
  EXPECT_FALSE(at::equal(first[0], first[1]));
  EXPECT_FALSE(at::equal(first.slice(0, 0, 1), mask_of("inpainting", {}, shape, PhiloxNoise(8, {{"test", "a"}}))));
  EXPECT_FALSE(at::equal(first.slice(0, 0, 1), mask_of("inpainting", {}, shape, PhiloxNoise(7, {{"other", "a"}}))));
}

TEST(RandomInpainting, HidesEveryPixelEquallyOften) {
  const int images = 2000;
  const double p = 0.25;
  const Tensor mask = mask_of("inpainting", {{"mask_fraction", p}}, {1, 8, 8}, noise_of(numbered(images)));
  const Tensor hidden = images - mask.sum(0).sum(0);
  const double deviation = std::sqrt(images * p * (1 - p));
  EXPECT_LT((hidden - images * p).abs().max().item<double>(), 4.5 * deviation);
  EXPECT_GT(hidden.std().item<double>(), 0.7 * deviation);  // random, not dealt out evenly
}

TEST(RandomInpainting, RefusesFractionsThatLeaveNothing) {
  const auto message = [](double fraction) -> std::string {
    try {
      (void)mask_of("inpainting", {{"mask_fraction", fraction}}, {3, 8, 8}, noise_of({"a"}));
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(1.5), "mask_fraction: 1.5 is out of range; allowed: 0 to 1");
  EXPECT_EQ(message(-0.1), "mask_fraction: -0.1 is out of range; allowed: 0 to 1");
  EXPECT_EQ(message(1), "mask_fraction: 1 hides every pixel; allowed: 0 or more, less than 1");
}

TEST(BoxInpainting, HidesOneSquareInsideTheMarginAtEveryAllowedPlace) {
  const std::int64_t size = 5;
  const std::int64_t margin = 2;
  const Tensor mask =
      mask_of("box_inpainting", {{"size", size}, {"margin", margin}}, {3, 12, 14}, noise_of(numbered(600)));
  std::map<std::pair<std::int64_t, std::int64_t>, int> places;
  for (std::int64_t image = 0; image < mask.size(0); ++image) {
    const Tensor hidden = at::nonzero(mask[image][0] == 0);
    const auto top = hidden.select(1, 0).min().item<std::int64_t>();
    const auto left = hidden.select(1, 1).min().item<std::int64_t>();
    ++places[{top, left}];
    ASSERT_EQ(hidden.size(0), size * size);
    ASSERT_EQ(hidden.select(1, 0).max().item<std::int64_t>(), top + size - 1);
    ASSERT_EQ(hidden.select(1, 1).max().item<std::int64_t>(), left + size - 1);
  }
  EXPECT_EQ(places.begin()->first, std::make_pair(margin, margin));
  EXPECT_EQ(places.size(), 3U * 5U);  // starts margin .. length - margin - size - 1, as in DPS's code
}

TEST(BoxInpainting, RefusesABoxThatDoesNotFit) {
  const TaskEntry& task = find_task("box_inpainting");
  EXPECT_THROW(task.check(OptionValues(task.options, {}), {3, 32, 32}), UserError);
  EXPECT_NO_THROW(task.check(OptionValues(task.options, {}), {3, 256, 256}));
}

TEST(HalfInpainting, HidesTheNamedHalf) {
  const auto hidden_sum = [](const char* side, std::int64_t axis, std::int64_t start, std::int64_t length) {
    const Tensor mask = mask_of("half_inpainting", {{"side", side}}, {3, 10, 7}, noise_of({"a"}));
    return std::make_pair((mask == 0).sum().item<std::int64_t>(),
                          (mask.narrow(axis, start, length) == 0).sum().item<std::int64_t>());
  };
  EXPECT_EQ(hidden_sum("left", 3, 0, 3), std::make_pair(30L, 30L));
  EXPECT_EQ(hidden_sum("right", 3, 4, 3), std::make_pair(30L, 30L));
  EXPECT_EQ(hidden_sum("top", 2, 0, 5), std::make_pair(35L, 35L));
  EXPECT_EQ(hidden_sum("bottom", 2, 5, 5), std::make_pair(35L, 35L));
}

TEST(Inpainting, RefersDpsWToTheSeenPixels) {
  const auto op =
      OperatorCase{.task = "inpainting", .options = {}, .shape = {3, 16, 16}}.bind(noise_of({"a"}), at::kFloat);
  const Tensor y = trial(noise_of({"a"}), 1, {3, 16, 16}, at::kFloat);
  const auto reference = op->denoising_reference(y);
  EXPECT_TRUE(at::equal(reference->image, y));
  EXPECT_TRUE(at::equal(reference->mask, op->measured()));
  EXPECT_TRUE(reference->own_gradient);
  EXPECT_FALSE(reference->capped);
}

}  // namespace
}  // namespace dpsbench
