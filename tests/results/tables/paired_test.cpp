#include "results/tables/paired.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/statistics/against_best.h"
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

  const Table table = paired_table(cells);

  EXPECT_EQ(table.columns[1].key, "psnr_difference");
  ASSERT_EQ(table.sections.size(), 1U);
  const auto& rows = table.sections[0].rows;
  EXPECT_NEAR(rows[0][1].value, -0.5, 1e-9);
  EXPECT_NEAR(rows[0][1].half_width, dps.difference.half_width, 1e-12);
  EXPECT_EQ(rows[1][1].text, "best");
  EXPECT_TRUE(std::isnan(rows[1][2].value));
  EXPECT_NEAR(rows[2][1].value, -2.5, 1e-9);
  const auto loss = [&](std::size_t k) {
    std::vector<double> values = cells[k].image_values("psnr");
    for (double& value : values) value = -value;
    return values;
  };
  const AgainstBest found = against_best({loss(0), loss(1), loss(2)});
  EXPECT_NEAR(rows[0][2].value, found.p_values[0], 1e-12);
  EXPECT_NEAR(rows[2][2].value, found.p_values[2], 1e-12);
  EXPECT_LE(rows[2][2].value, 0.0002);
}

/// An aim holds for the mean over images: distances of single images from it rank nothing.
TEST(PairedTable, HasNoMetricThatAimsAtAValue) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps"}), synthetic_cell({.method = "dps-w"})};
  for (CellResult& cell : cells) cell.metrics["consistency"] = at::ones({20}, at::kDouble);
  const Table table = paired_table(cells);
  for (const TableColumn& column : table.columns) EXPECT_FALSE(column.key.starts_with("consistency"));
}

TEST(PairedTable, LeavesOutWhatCannotBeCompared) {
  EXPECT_TRUE(paired_table({synthetic_cell({})}).sections.empty());
  EXPECT_TRUE(
      paired_table({synthetic_cell({.images = 1}), synthetic_cell({.method = "dps", .images = 1})}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
