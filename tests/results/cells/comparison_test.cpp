#include "results/cells/comparison.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/statistics/against_best.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using testing::synthetic_cell;

std::vector<std::optional<ComparedCell>> compare_psnr(const std::vector<CellResult>& cells) {
  std::vector<const CellResult*> pointers;
  for (const CellResult& cell : cells) pointers.push_back(&cell);
  return compare_cells(find_metric("psnr"), pointers);
}

CellResult first_images(CellResult cell, std::int64_t count) {
  cell.image_ids.resize(static_cast<std::size_t>(count));
  for (auto& [name, values] : cell.metrics) values = values.narrow(0, 0, count);
  return cell;
}

/// One cell that is left with a single image neither silences nor reorders the others.
TEST(CompareCells, OfACellWithASingleImageAreThoseWithoutIt) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 29}), synthetic_cell({.method = "dps-w"})};
  const auto before = compare_psnr(cells);
  cells.push_back(first_images(synthetic_cell({.method = "mcg", .psnr = 40}), 1));

  const auto after = compare_psnr(cells);

  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(after[k]->standing, before[k]->standing);
    EXPECT_EQ(after[k]->p_value, before[k]->p_value);
    EXPECT_EQ(after[k]->difference.mean, before[k]->difference.mean);
  }
  EXPECT_EQ(after[0]->standing, Standing::behind);
  EXPECT_EQ(after[1]->standing, Standing::best);
  EXPECT_FALSE(after[2].has_value());
}

TEST(CompareCells, HoldACellThatLacksImagesAgainstTheBestOnThoseItHas) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30}),
                                   first_images(synthetic_cell({.method = "mcg", .psnr = 28}), 12),
                                   first_images(synthetic_cell({.method = "tmpd", .psnr = 31}), 9)};

  const auto compared = compare_psnr(cells);

  EXPECT_EQ(compared[0]->standing, Standing::best);  // tmpd's mean is of what it did not fail on
  EXPECT_EQ(compared[1]->standing, Standing::behind);
  EXPECT_EQ(compared[1]->difference.count, 12);
  EXPECT_EQ(compared[2]->standing, Standing::tied);
  EXPECT_EQ(compared[2]->difference.count, 9);
  EXPECT_GT(compared[2]->difference.mean, 0);
}

TEST(CompareCells, CountGroupsWhereImagesBelongTogether) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 29.98}),
                                   synthetic_cell({.method = "dps-w"})};
  for (CellResult& cell : cells)
    for (int i = 0; i < 20; ++i) cell.image_groups.push_back(std::to_string(i / 4));
  const auto compared = compare_psnr(cells);
  EXPECT_EQ(compared[0]->difference.groups, 5);
  EXPECT_EQ(compared[0]->standing, Standing::tied);  // five groups tell nothing at 5 %
}

TEST(CompareCells, LeaveOutWhatIsNotFiniteAndASingleCell) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps"}), synthetic_cell({.method = "dps-w", .psnr = 29})};
  cells[0].metrics.at("psnr")[3] = NAN;
  for (const auto& cell : compare_psnr(cells)) EXPECT_FALSE(cell.has_value());
  EXPECT_FALSE(compare_psnr({synthetic_cell({})})[0].has_value());
}

TEST(PairedValues, AreThoseOfImagesThatBothCellsHave) {
  CellResult one = synthetic_cell({.images = 3});
  CellResult other = synthetic_cell({.images = 3});
  other.image_ids = {"2", "9", "0"};
  one.image_groups = {"a", "b", "c"};
  one.metrics["psnr"] = at::tensor({10.0, 11.0, 12.0}, at::kDouble);
  other.metrics["psnr"] = at::tensor({22.0, 29.0, 20.0}, at::kDouble);

  const PairedValues values = paired_values(one, other, "psnr");

  EXPECT_THAT(values.first, ElementsAre(10, 12));
  EXPECT_THAT(values.second, ElementsAre(20, 22));
  EXPECT_THAT(values.groups, ElementsAre("a", "c"));
}

}  // namespace
}  // namespace dpsbench
