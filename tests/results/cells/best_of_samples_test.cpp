#include "results/cells/best_of_samples.h"

#include <gtest/gtest.h>

#include "results/cells/cell_label.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

TEST(BestOfSamples, TakesEachMetricsOwnBestAndSaysSo) {
  CellResult cell = testing::synthetic_cell({.method = "dps", .images = 2});
  cell.metrics = {{"psnr", at::tensor({20.0, 30.0, 25.0, 24.0}, at::kDouble).view({2, 2})},
                  {"lpips", at::tensor({0.3, 0.4, 0.2, 0.1}, at::kDouble).view({2, 2})},
                  {"consistency", at::tensor({0.5, 1.2, 3.0, 0.7}, at::kDouble).view({2, 2})}};
  std::vector<CellResult> cells = {cell};
  EXPECT_EQ(CellLabels(cells).method(cells[0]), "dps");

  keep_best_samples(cells);

  EXPECT_EQ(cells[0].image_values("psnr"), (std::vector<double>{30, 25}));
  EXPECT_EQ(cells[0].image_values("lpips"), (std::vector<double>{0.3, 0.1}));
  EXPECT_EQ(cells[0].image_values("consistency"), (std::vector<double>{1.2, 0.7}));
  EXPECT_EQ(CellLabels(cells).method(cells[0]), "dps (oracle: best of 2 samples)");
}

TEST(BestOfSamples, LeavesSingleSamplesAlone) {
  std::vector<CellResult> cells = {testing::synthetic_cell({.method = "dps"})};
  const std::vector<double> before = cells[0].image_values("psnr");
  keep_best_samples(cells);
  EXPECT_EQ(cells[0].image_values("psnr"), before);
  EXPECT_EQ(CellLabels(cells).method(cells[0]), "dps");
}

}  // namespace
}  // namespace dpsbench
