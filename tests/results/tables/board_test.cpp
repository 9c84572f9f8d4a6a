#include "results/tables/board.h"

#include <gtest/gtest.h>

#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

/// a beats b beats c by more than images differ, in both settings; b does not run in the second.
std::vector<CellResult> three_methods() {
  std::vector<CellResult> cells;
  for (const double fraction : {0.4, 0.7})
    for (const auto& [method, psnr] : {std::pair("a", 30.0), std::pair("b", 27.0), std::pair("c", 24.0)})
      if (fraction == 0.4 || std::string(method) != "b")
        cells.push_back(synthetic_cell({.mask_fraction = fraction, .method = method, .psnr = psnr}));
  return cells;
}

TEST(BoardTable, RanksMethodsOverAllSettings) {
  const Table table = board_table(three_methods());
  ASSERT_EQ(table.columns.size(), 1U + 2 + 1 + 3);
  const TableSection* psnr = nullptr;
  for (const TableSection& section : table.sections)
    if (section.title.find("PSNR") != std::string::npos) psnr = &section;
  ASSERT_NE(psnr, nullptr);
  ASSERT_EQ(psnr->rows.size(), 3U);
  const auto& [a, b, c] = std::tie(psnr->rows[0], psnr->rows[1], psnr->rows[2]);
  EXPECT_EQ(a[0].text, "a");
  EXPECT_EQ(a[3].value, 1);
  EXPECT_EQ(a[4].value, 100);
  EXPECT_EQ(b[0].text, "b");
  EXPECT_EQ(b[1].value, 2);
  EXPECT_TRUE(std::isnan(b[2].value));
  EXPECT_TRUE(std::isnan(b[3].value));  // it did not run everywhere
  EXPECT_EQ(b[4].value, 50);
  EXPECT_EQ(c[3].value, 2.5);
  EXPECT_EQ(c[4].value, 0);
}

TEST(BoardTable, CountsARowOfPublishedAndTunedConstantsForBoth) {
  std::vector<CellResult> cells = three_methods();
  for (CellResult& cell : cells)
    if (cell.text("method") == "a")
      cell.attributes["preset_label"] =
          std::string(cell.number("task.mask_fraction") < 0.5 ? "published = tuned" : "tuned");
  const Table table = board_table(cells);
  std::vector<std::string> names;
  for (const auto& row : table.sections[0].rows) names.push_back(row[0].text);
  EXPECT_EQ(names, (std::vector<std::string>{"a (published)", "a (tuned)", "b", "c"}));
}

TEST(BoardTable, HasARowANumberOfSteps) {
  std::vector<CellResult> cells = three_methods();
  for (CellResult& cell : cells)
    if (cell.text("method") == "b") {
      cell.attributes["method"] = std::string("a");
      cell.attributes["method.steps"] = std::int64_t{50};
    }
  const Table table = board_table(cells);
  std::vector<std::string> names;
  for (const auto& row : table.sections.at(0).rows) names.push_back(row[0].text);
  EXPECT_EQ(names, (std::vector<std::string>{"a, 1000 steps", "a, 50 steps", "c"}));
}

TEST(BoardTable, IsEmptyForOneSettingOrTwoMethods) {
  const std::vector<CellResult> cells = three_methods();
  EXPECT_TRUE(board_table({cells[0], cells[1], cells[2]}).sections.empty());
  EXPECT_TRUE(board_table({cells[0], cells[2], cells[3], cells[4]}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
