#include "results/tables/board_differences.h"

#include <gtest/gtest.h>

#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

/// a beats b beats c in both settings; b does not run in the second.
std::vector<CellResult> three_in_two_settings() {
  std::vector<CellResult> cells;
  for (const double fraction : {0.4, 0.7})
    for (const auto& [method, psnr] : {std::pair("a", 30.0), std::pair("b", 27.0), std::pair("c", 24.0)})
      if (fraction == 0.4 || std::string(method) != "b")
        cells.push_back(synthetic_cell({.mask_fraction = fraction, .method = method, .psnr = psnr}));
  return cells;
}

TEST(BoardDifferences, SaysByHowMuchAMethodIsBehindTheBest) {
  const Table table = board_differences(three_in_two_settings());
  ASSERT_EQ(table.columns.size(), 3U);
  ASSERT_FALSE(table.sections.empty());
  const auto& rows = table.sections[0].rows;
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][0].text, "a");
  EXPECT_EQ(rows[0][1].value, 0);
  EXPECT_EQ(rows[0][1].emphasis, Emphasis::best);
  EXPECT_EQ(rows[1][0].text, "b");
  EXPECT_NEAR(rows[1][1].value, -3, 1e-6);
  EXPECT_TRUE(rows[1][1].signed_value);
  EXPECT_TRUE(std::isnan(rows[1][2].value));  // it did not run there
  EXPECT_NEAR(rows[2][2].value, -6, 1e-6);
}

TEST(BoardDifferences, IsEmptyForOneSettingOrTwoMethods) {
  const std::vector<CellResult> cells = three_in_two_settings();
  EXPECT_TRUE(board_differences({cells[0], cells[1], cells[2]}).sections.empty());
  EXPECT_TRUE(board_differences({cells[0], cells[2], cells[3], cells[4]}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
