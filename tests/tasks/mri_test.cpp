#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

std::vector<std::string> numbered_ids(std::size_t count) {
  std::vector<std::string> ids(count);
  for (std::size_t i = 0; i < count; ++i) ids[i] = std::to_string(i);
  return ids;
}

Tensor lines_of(const std::map<std::string, OptionValue>& options, const ImageShape& shape,
                const std::vector<std::string>& ids) {
  return OperatorCase{.task = "mri", .options = options, .shape = shape}
      .bind(noise_of(ids), at::kDouble)
      ->ingredients()
      .at("lines");
}

TEST(Mri, MeasuresTheMiddleAndAsManyLinesAsTheAccelerationLeaves) {
  const Tensor lines = lines_of({}, {1, 8, 320}, numbered_ids(400));
  EXPECT_EQ(lines.sizes(), at::IntArrayRef({400, 80}));  // InverseBench's knee: 80 of 320, 25 of them from 147 on
  const Tensor seen = at::zeros({400, 320}, at::kDouble).scatter(1, lines, 1);
  EXPECT_TRUE((seen.sum(1) == 80).all().item<bool>());
  EXPECT_TRUE((seen.slice(1, 147, 172) == 1).all().item<bool>());
  const Tensor shares = at::cat({seen.slice(1, 0, 147), seen.slice(1, 172, 320)}, 1).mean(0);
  const double share = 55.0 / 295;
  EXPECT_LT((shares - share).abs().max().item<double>(), 4.5 * std::sqrt(share * (1 - share) / 400));
}

TEST(Mri, OfComplexImagesTakesLinesOfTheCentredTransform) {
  const ImageShape shape{2, 8, 10};
  const OperatorCase item{.task = "mri", .options = {{"complex", true}, {"acceleration", 2.0}}, .shape = shape};
  const auto op = item.bind(noise_of({"a"}), at::kDouble);
  const Tensor lines = op->ingredients().at("lines")[0];
  const Tensor x = trial(noise_of({"a"}), 1, {2, 8, 10}, at::kDouble);
  const Tensor y = op->forward(x);
  // sum of x exp(-2 pi i (f_row row + f_column column)), rows and columns counted from the middle, over sqrt(80)
  const auto wave = [](std::int64_t size) {
    const Tensor place = at::arange(size, at::kDouble) - static_cast<double>(size / 2);
    return at::outer(place, place) * (-2 * std::numbers::pi / static_cast<double>(size));
  };
  const Tensor rows = at::polar(at::ones({8, 8}, at::kDouble), wave(8));
  const Tensor columns = at::polar(at::ones({10, 10}, at::kDouble), wave(10));
  const Tensor spectrum = at::matmul(at::matmul(rows, at::complex(x[0][0], x[0][1])), columns) / std::sqrt(80.0);
  const Tensor expected = at::view_as_real(spectrum.index_select(1, lines)).permute({2, 0, 1});
  EXPECT_LT(relative_distance(y[0], expected), 1e-13);
}

TEST(Mri, OfRealImagesIsThatOfComplexOnesWithoutImaginaryPart) {
  const auto real = OperatorCase{.task = "mri", .options = {{"acceleration", 3.0}}, .shape = {1, 9, 14}}.bind(
      noise_of({"a", "b"}), at::kDouble);
  const auto complex =
      OperatorCase{.task = "mri", .options = {{"acceleration", 3.0}, {"complex", true}}, .shape = {2, 9, 14}}.bind(
          noise_of({"a", "b"}), at::kDouble);
  const Tensor x = trial(noise_of({"a", "b"}), 1, {1, 9, 14}, at::kDouble);
  EXPECT_TRUE(at::equal(real->forward(x), complex->forward(at::cat({x, at::zeros_like(x)}, 1))));
}

TEST(Mri, OfRealImagesKnowsWhatConjugateLinesTell) {
  const OperatorCase item{
      .task = "mri", .options = {{"acceleration", 2.0}, {"center_fraction", 0.3}}, .shape = {1, 4, 20}};
  const auto op = item.bind(noise_of({"a"}), at::kDouble);
  const Tensor s = op->spectral()->singular_values().reshape({4, 20});
  const Tensor seen = at::zeros({20}, at::kDouble).scatter(0, op->ingredients().at("lines")[0], 1);
  for (std::int64_t column = 0; column < 20; ++column) {
    const double here = seen[column].item<double>();
    const double there = seen[(20 - column) % 20].item<double>();
    EXPECT_TRUE((s.select(1, column) == std::sqrt((here + there) / 2)).all().item<bool>()) << column;
  }
  // the middle, 0 and its neighbours on both sides, is measured twice, so that all three values are there
  EXPECT_EQ(s[0][10].item<double>(), 1);
  EXPECT_EQ(s[0][9].item<double>(), 1);
  EXPECT_EQ(s.min().item<double>(), 0);
}

TEST(Mri, RefusesWhatCannotBe) {
  const auto refusal = [](const std::map<std::string, OptionValue>& options, const ImageShape& shape) {
    const TaskEntry& task = find_task("mri");
    return message_of<UserError>([&] { task.check(OptionValues(task.options, options), shape); });
  };
  EXPECT_EQ(refusal({{"complex", true}}, {3, 64, 64}),
            "complex: a complex image has two channels, real and imaginary part; these images have 3");
  EXPECT_EQ(refusal({{"acceleration", 8.0}, {"center_fraction", 0.2}}, {1, 64, 64}),
            "center_fraction: 12 lines in the middle, but acceleration 8 leaves 8 of 64 in all");
  EXPECT_THAT(refusal({{"acceleration", 20.0}}, {1, 8, 8}), HasSubstr("leaves none of 8 lines"));
}

}  // namespace
}  // namespace dpsbench
