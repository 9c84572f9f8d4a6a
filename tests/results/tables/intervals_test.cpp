#include "results/tables/intervals.h"

#include <gtest/gtest.h>

#include "metrics/statistics/interval.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

TEST(IntervalTable, PutsStudentsIntervalBesideTheBootstraps) {
  const CellResult cell = testing::synthetic_cell({.method = "dps", .psnr = 30.0});
  const MeanInterval student = mean_interval(cell.image_values("psnr"));

  const Table table = interval_table({cell});

  const auto& row = table.sections.at(0).rows.at(0);
  EXPECT_NEAR(row[2].value, student.mean, 1e-12);
  EXPECT_NEAR(row[4].value - row[3].value, 2 * student.half_width, 1e-12);
  // of a mean of 20 nearly even values, BCa is about as wide as Student's times z / t = 1.96 / 2.09
  EXPECT_NEAR((row[6].value - row[5].value) / (2 * student.half_width), 1.96 / 2.09, 0.06);
  EXPECT_EQ(interval_table({cell}).sections[0].rows[0][5].value, row[5].value);
}

TEST(IntervalTable, ShowsThatASkewedMetricHasAnUnevenInterval) {
  CellResult cell = testing::synthetic_cell({.method = "dps"});
  const Tensor skewed = (at::arange(20, at::kDouble) / 3).exp();  // a long tail upwards
  cell.metrics = {{"psnr", skewed}};
  const Table table = interval_table({cell});
  const auto& row = table.sections.at(0).rows.at(0);
  EXPECT_GT(row[6].value - row[2].value, 1.2 * (row[2].value - row[5].value));
}

TEST(IntervalTable, LeavesOutWhatIsNotFinite) {
  CellResult cell = testing::synthetic_cell({.method = "dps"});
  cell.metrics.at("psnr")[3] = NAN;
  EXPECT_EQ(interval_table({cell}).sections.at(0).rows.size(), 1U);  // lpips
}

/// The resamples are the same for every cell: how a cell is called makes no interval wider.
TEST(IntervalTable, GivesEqualValuesEqualIntervals) {
  const CellResult one = testing::synthetic_cell({.method = "dps"});
  CellResult other = one;
  other.id = "another";
  other.attributes["method"] = std::string("dsg");
  const auto rows = interval_table({one, other}).sections.at(0).rows;
  EXPECT_EQ(rows[0][5].value, rows[2][5].value);
  EXPECT_EQ(rows[0][6].value, rows[2][6].value);
}

TEST(IntervalTable, CountsGroups) {
  CellResult cell = testing::synthetic_cell({.method = "dps"});
  const double alone = interval_table({cell}).sections.at(0).rows.at(0)[5].value;
  for (int i = 0; i < 20; ++i) cell.image_groups.push_back(std::to_string(i / 2));
  const Table table = interval_table({cell});
  const auto& row = table.sections.at(0).rows.at(0);
  EXPECT_EQ(row[7].value, 20);
  EXPECT_EQ(row[8].value, 10);
  EXPECT_NE(row[5].value, alone);
}

}  // namespace
}  // namespace dpsbench
