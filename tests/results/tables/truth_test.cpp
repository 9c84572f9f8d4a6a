#include "results/tables/truth.h"

#include <gmock/gmock.h>

#include <cmath>

#include "metrics/statistics/interval.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

/// A cell with two metrics of whole posteriors; image i differs from the mean by `wave`.
CellResult judged_cell(const std::string& method, const std::string& task, double distance, double coverage,
                       double wave = 0.01) {
  CellResult cell = synthetic_cell({.task = task, .method = method});
  const Tensor own = wave * (at::arange(20, at::kDouble) * (1 + distance)).sin();
  cell.metrics = {{"sliced_wasserstein", distance + own}, {"coverage_90", at::full({20}, coverage, at::kDouble)}};
  return cell;
}

const std::vector<TableEntry>& row_of(const Table& table, const std::string& method) {
  for (const auto& row : table.sections.at(0).rows)
    if (row[0].text.starts_with(method)) return row;
  throw std::runtime_error("no row " + method);
}

TEST(TruthTable, RanksMethodsByTheirExcessOverTheFloor) {
  const std::vector<CellResult> cells = {
      judged_cell("posterior-draw", "inpainting", 0.1, 0.9), judged_cell("dps", "inpainting", 0.5, 0.6),
      judged_cell("exact", "inpainting", 0.11, 0.89),        judged_cell("pseudo-inverse", "inpainting", 0.4, 0.0),
      judged_cell("posterior-draw", "denoising", 0.2, 0.9),  judged_cell("dps", "denoising", 0.4, 1.0),
      judged_cell("exact", "denoising", 0.2, 0.9),           judged_cell("pseudo-inverse", "denoising", 0.9, 0.0)};

  const Table table = truth_table("t", cells);

  ASSERT_EQ(table.sections.size(), 1U);
  const auto& rows = table.sections[0].rows;
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(table.columns[4].key, "coverage_90_excess");
  EXPECT_EQ(table.columns[5].key, "sliced_wasserstein_excess");
  EXPECT_TRUE(rows[0][0].text.starts_with("posterior-draw"));  // the floor first, with its own values
  EXPECT_NEAR(rows[0][5].value, 0.15, 0.01);
  EXPECT_EQ(rows[1][0].text, "exact");
  EXPECT_EQ(rows[1][2].value, 1);  // first in both settings
  const auto& dps = row_of(table, "dps");
  EXPECT_EQ(dps[1].value, 2);
  EXPECT_EQ(dps[2].value, 2.5);                       // third, then second
  EXPECT_EQ(dps[3].value, 1);                         // behind the control where it has 0.5 to 0.4
  EXPECT_NEAR(dps[4].value, (0.3 + 0.1) / 2, 1e-12);  // distances from 0.9
  EXPECT_NEAR(dps[5].value, (0.4 + 0.2) / 2, 0.01);
  EXPECT_EQ(dps[5].emphasis, Emphasis::none);
}

TEST(TruthTable, HasTheIntervalOverImagesOfTheirMeansOverSettings) {
  const std::vector<CellResult> cells = {judged_cell("posterior-draw", "inpainting", 0.1, 0.9, 0.05),
                                         judged_cell("exact", "inpainting", 0.1, 0.9, 0.0)};
  const Table table = truth_table("t", cells);
  std::vector<double> excess;
  for (const double value : cells[0].image_values("sliced_wasserstein")) excess.push_back(0.1 - value);
  const auto& exact = row_of(table, "exact");
  EXPECT_NEAR(exact[5].half_width, mean_interval(excess).half_width, 1e-12);
  EXPECT_EQ(exact[5].emphasis, Emphasis::tied);  // the interval holds 0
  EXPECT_EQ(exact[3].value, 0);                  // no control, nothing behind it
}

TEST(TruthTable, NeedsAFloorAndAMetricOfWholePosteriors) {
  EXPECT_TRUE(truth_table("t", {judged_cell("dps", "inpainting", 0.5, 0.6)}).sections.empty());
  EXPECT_TRUE(truth_table("t", {synthetic_cell({.method = "posterior-draw"})}).sections.empty());
}

/// Per image an exact sampler's coverage is a random number: a sampler that is wrong alike on every image is not nearer
/// to the level for it.
TEST(TruthTable, MeasuresTheDistanceOfTheMeanCoverage) {
  std::vector<CellResult> cells = {judged_cell("posterior-draw", "inpainting", 0.1, 0.9),
                                   judged_cell("exact", "inpainting", 0.1, 0.9),
                                   judged_cell("narrow", "inpainting", 0.1, 0.81)};
  Tensor uneven = at::ones({20}, at::kDouble);
  for (int i = 0; i < 20; i += 2) uneven[i] = 0.8;
  cells[0].metrics["coverage_90"] = uneven;
  cells[1].metrics["coverage_90"] = uneven.flip(0);

  const Table table = truth_table("t", cells);

  EXPECT_NEAR(row_of(table, "exact")[4].value, 0, 1e-12);
  EXPECT_EQ(row_of(table, "exact")[4].emphasis, Emphasis::tied);
  EXPECT_NEAR(row_of(table, "narrow")[4].value, 0.09, 1e-12);
}

TEST(TruthTable, GivesRowsWithoutVerdictNoRank) {
  std::vector<CellResult> cells = {judged_cell("posterior-draw", "inpainting", 0.1, 0.9),
                                   judged_cell("daps", "inpainting", 0.2, 0.9),
                                   judged_cell("dps", "inpainting", 0.5, 0.9)};
  cells[1].attributes["no_verdict"] = std::string("noise levels of images");

  const Table table = truth_table("t", cells);

  EXPECT_EQ(row_of(table, "dps")[2].value, 1);
  EXPECT_TRUE(std::isnan(row_of(table, "daps")[2].value));
  EXPECT_EQ(table.sections[0].rows.back()[0].text, "daps (no verdict)");
}

}  // namespace
}  // namespace dpsbench
