#include "results/tables/paired.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/statistics/paired.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

TEST(PairedTable, ShowsEachMethodsDifferenceFromTheBest) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30.0}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30.5}),
                                         synthetic_cell({.method = "dsg", .psnr = 28.0})};
  const PairedComparison dps = paired_comparison(cells[0].image_values("psnr"), cells[1].image_values("psnr"));
  const PairedComparison dsg = paired_comparison(cells[2].image_values("psnr"), cells[1].image_values("psnr"));

  const Table table = paired_table(cells);

  EXPECT_EQ(table.columns[1].key, "psnr_difference");
  ASSERT_EQ(table.sections.size(), 1U);
  const auto& rows = table.sections[0].rows;
  EXPECT_NEAR(rows[0][1].value, -0.5, 1e-9);
  EXPECT_NEAR(rows[0][1].half_width, dps.difference.half_width, 1e-12);
  EXPECT_EQ(rows[1][1].text, "best");
  EXPECT_TRUE(std::isnan(rows[1][2].value));
  EXPECT_NEAR(rows[2][1].value, -2.5, 1e-9);
  const std::vector<double> adjusted = holm_adjusted({dps.p_value, dsg.p_value});
  EXPECT_NEAR(rows[0][2].value / adjusted[0], 1, 1e-6);
  EXPECT_NEAR(rows[2][2].value / adjusted[1], 1, 1e-6);
}

TEST(PairedTable, MeasuresTheDistanceFromOneWhereThatIsTheAim) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps"}), synthetic_cell({.method = "dps-w"})};
  const Tensor wave = 0.01 * at::arange(20, at::kDouble).sin();
  cells[0].metrics = {{"consistency", 1.5 + wave}};
  cells[1].metrics = {{"consistency", 0.7 + 0 * wave}};

  const Table table = paired_table(cells);
  const auto& rows = table.sections.at(0).rows;

  EXPECT_EQ(rows[1][1].text, "best");
  EXPECT_NEAR(rows[0][1].value, 0.5 - 0.3 + wave.mean().item<double>(), 1e-9);
}

TEST(PairedTable, LeavesOutWhatCannotBeCompared) {
  EXPECT_TRUE(paired_table({synthetic_cell({})}).sections.empty());
  EXPECT_TRUE(
      paired_table({synthetic_cell({.images = 1}), synthetic_cell({.method = "dps", .images = 1})}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
