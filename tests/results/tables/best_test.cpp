#include "results/tables/best.h"

#include <gmock/gmock.h>

#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using testing::synthetic_cell;

std::vector<CellResult> scan_of_dps() {
  std::vector<CellResult> cells;
  for (const double fraction : {0.4, 0.7})
    for (const double scale : {0.3, 0.5, 0.501, 1.0}) {
      const double best = fraction < 0.5 ? 0.3 : 0.5;
      const double off = scale == 0.501 ? 0 : std::abs(scale - best);
      cells.push_back(synthetic_cell(
          {.mask_fraction = fraction, .method = "dps", .psnr = 30 - 4 * off, .lpips = 0.3 - 0.1 * scale}));
      cells.back().attributes["method.scale"] = scale;
      cells.back().metrics["psnr"] = cells.back().metrics["psnr"] + (scale == 0.501 ? -1e-6 : 0.0);
    }
  return cells;
}

TEST(BestTable, NamesTheBestValueOfEachTaskByEachMetric) {
  const Table table = best_table("Trial", scan_of_dps());

  ASSERT_EQ(table.sections.size(), 2U);
  ASSERT_EQ(table.sections[1].rows.size(), 2U);
  EXPECT_EQ(table.sections[1].title, "Inpainting 70 %, σ_y = 0.05");
  const auto& psnr = table.sections[1].rows[0];
  EXPECT_THAT(psnr[0].text, HasSubstr("PSNR"));
  EXPECT_EQ(psnr[1].text, "dps (scale 0.5)");
  EXPECT_NEAR(psnr[2].value, 30, 1e-9);
  EXPECT_GT(psnr[2].half_width, 0.1);
  EXPECT_EQ(psnr[3].text, "dps (scale 0.501)");
  EXPECT_EQ(table.sections[1].rows[1][1].text, "dps (scale 1)");  // LPIPS: smaller is better
}

TEST(BestTable, IsEmptyWithoutAScan) {
  EXPECT_TRUE(best_table("Trial", {synthetic_cell({.steps = 10}), synthetic_cell({.steps = 20}),
                                   synthetic_cell({.method = "dps"})})
                  .sections.empty());
}

}  // namespace
}  // namespace dpsbench
