#include "results/tables/budgets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "results/cells/frontier.h"
#include "results/figures/figures.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using testing::synthetic_cell;

/// A cell with so many evaluations and passes back, one of which costs 1.5 evaluations.
CellResult costed_cell(const std::string& method, std::int64_t evaluations, double passes_back, double psnr) {
  CellResult cell = synthetic_cell({.method = method, .steps = evaluations, .psnr = psnr});
  cell.attributes["passes_back"] = passes_back;
  cell.attributes["pass_back_cost"] = 1.5;
  cell.attributes["peak_bytes_an_image"] = 3.0e6;
  return cell;
}

std::vector<CellResult> costed_cells() {
  return {costed_cell("ddrm", 20, 0, 25), costed_cell("diffpir", 100, 0, 24), costed_cell("dps", 100, 100, 28),
          costed_cell("daps", 250, 0, 27)};
}

TEST(Frontier, HasThoseThatNoOtherEqualsForLess) {
  const std::vector<CellResult> cells = costed_cells();
  std::vector<const CellResult*> pointers;
  for (const CellResult& cell : cells) pointers.push_back(&cell);
  std::vector<std::string> names;
  for (const CellResult* cell : frontier(find_metric("psnr"), pointers)) names.push_back(cell->text("method"));

  EXPECT_THAT(names, ElementsAre("ddrm", "dps"));  // daps costs as much as dps and is worse
}

TEST(Frontier, CountsPassesBackByWhatTheyCost) {
  EXPECT_EQ(evaluations_spent(costed_cell("dps", 100, 100, 28)), 250);
  EXPECT_TRUE(std::isnan(evaluations_spent(synthetic_cell({}))));
}

TEST(BudgetTable, TellsWhatEachMethodCostAndWhichAreUnbeaten) {
  const Table table = budget_table(costed_cells());

  ASSERT_EQ(table.sections.size(), 1U);
  const auto& dps = table.sections[0].rows[2];
  const std::size_t last = dps.size() - 1;
  EXPECT_EQ(dps[last - 5].value, 100);  // evaluations
  EXPECT_EQ(dps[last - 4].value, 100);  // passes back
  EXPECT_EQ(dps[last - 3].value, 250);
  EXPECT_EQ(dps[last - 1].value, 3);  // MB
  EXPECT_EQ(dps[last].text.substr(0, 4), "PSNR");
  EXPECT_EQ(table.sections[0].rows[1][last].text, "");
}

TEST(BudgetTable, IsNotMadeOfResultsThatDoNotTellTheirPassesBack) {
  EXPECT_TRUE(budget_table({synthetic_cell({})}).sections.empty());
}

TEST(BudgetFigure, DrawsEachMethodAtItsCostAndTheFrontier) {
  const std::vector<CellResult> cells = costed_cells();
  const std::vector<Figure> figures = budget_figures(cells);

  ASSERT_EQ(figures.size(), 2U);  // PSNR and LPIPS
  EXPECT_EQ(figures[0].series.size(), 5U);
  EXPECT_THAT(figures[0].series[2].x, ElementsAre(250));
  EXPECT_THAT(figures[0].series[4].x, ElementsAre(20, 250));
  EXPECT_TRUE(figures[0].log_x);
}

}  // namespace
}  // namespace dpsbench
