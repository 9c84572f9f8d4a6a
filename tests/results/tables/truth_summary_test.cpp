#include "results/tables/truth_summary.h"

#include <gtest/gtest.h>

#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

/// A cell whose Sliced W2 of three images are given.
CellResult cell_of(const std::string& dataset, const std::string& method, const std::vector<double>& distances) {
  CellResult cell = testing::synthetic_cell({.method = method, .images = 3, .dataset = dataset});
  cell.metrics = {{"sliced_wasserstein", at::tensor(distances, at::kDouble)}};
  return cell;
}

TEST(TruthSummary, PlacesMethodsOnEachImageOfEachPrior) {
  const std::vector<CellResult> cells = {cell_of("a", "posterior-draw", {0, 0, 0}),
                                         cell_of("a", "exact", {1, 1, 2}),
                                         cell_of("a", "dps", {3, 3, 1}),
                                         cell_of("a", "mcg", {3, NAN, 5}),
                                         cell_of("b", "posterior-draw", {0, 0, 0}),
                                         cell_of("b", "exact", {1, 1, 1}),
                                         cell_of("b", "dps", {2, 2, 2})};

  const Table table = truth_summary(cells);

  ASSERT_EQ(table.sections.size(), 1U);
  const auto& rows = table.sections[0].rows;
  ASSERT_EQ(rows.size(), 3U);  // the exact draws take no place
  EXPECT_EQ(rows[0][0].text, "exact");
  EXPECT_NEAR(rows[0][1].value, 100 * (0 + 0 + 0.5) / 3, 1e-12);
  EXPECT_NEAR(rows[0][2].value, 0, 1e-12);
  EXPECT_EQ(rows[1][0].text, "dps");
  EXPECT_NEAR(rows[1][1].value, 100 * (0.75 + 0.5 + 0) / 3, 1e-12);  // a tie counts half
  EXPECT_NEAR(rows[1][2].value, 100, 1e-12);
  EXPECT_EQ(rows[2][0].text, "mcg");
  EXPECT_NEAR(rows[2][1].value, 100 * (0.75 + 1 + 1) / 3, 1e-12);  // not finite is last
  EXPECT_TRUE(std::isnan(rows[2][2].value));
  EXPECT_GT(rows[0][1].half_width, 0);
}

TEST(TruthSummary, NeedsSeveralPriors) {
  EXPECT_TRUE(
      truth_summary({cell_of("a", "posterior-draw", {0, 0, 0}), cell_of("a", "exact", {1, 1, 2}),
                     cell_of("a", "dps", {3, 3, 1}), cell_of("b", "dps", {3, 3, 1}), cell_of("b", "exact", {3, 3, 1})})
          .sections.empty());
}

TEST(TruthSummary, LeavesOutRowsWithoutVerdictAndPutsFailedImagesLast) {
  std::vector<CellResult> cells = {cell_of("a", "posterior-draw", {0, 0, 0}),
                                   cell_of("a", "exact", {1, 1, 1}),
                                   cell_of("a", "dps", {2, 2, 2}),
                                   cell_of("a", "daps", {0.5, 0.5, 0.5}),
                                   cell_of("a", "mcg", {0.1, 0.1, 0.1}),
                                   cell_of("b", "posterior-draw", {0, 0, 0}),
                                   cell_of("b", "exact", {1, 1, 1}),
                                   cell_of("b", "dps", {2, 2, 2})};
  cells[3].attributes["no_verdict"] = std::string("noise levels of images");
  cells[4].image_ids = {};
  cells[4].metrics = {};
  cells[4].attributes["failed_images"] = std::vector<std::string>{"0", "1", "2"};

  const auto rows = truth_summary(cells).sections.at(0).rows;

  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][0].text, "exact");
  EXPECT_NEAR(rows[0][1].value, 0, 1e-12);
  EXPECT_EQ(rows[1][0].text, "dps");
  EXPECT_NEAR(rows[1][1].value, 50, 1e-12);
  EXPECT_EQ(rows[2][0].text, "mcg");
  EXPECT_NEAR(rows[2][1].value, 100, 1e-12);
}

}  // namespace
}  // namespace dpsbench
