#include "results/paper/tables.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "results/paper/layout.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::CellSpec;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::synthetic_cell;

std::vector<std::string> first_column(const TableSection& section) {
  std::vector<std::string> texts;
  for (const auto& row : section.rows) texts.push_back(row[0].text);
  return texts;
}

TEST(PaperNumbers, HaveEveryRowOfTheSevenTables) {
  std::vector<std::size_t> counts;
  for (int table = 1; table <= 7; ++table) counts.push_back(paper_rows(table).size());
  EXPECT_THAT(counts, ElementsAre(3, 40, 32, 16, 20, 20, 9));
  EXPECT_THROW(paper_rows(8), UserError);
}

TEST(PaperNumbers, AreThoseThatThePaperPrints) {
  const PaperRow& row = *paper_rows(5).at(3);  // FFHQ, inpainting 40 %, DPS-w: 0.060 0.002 | 0.932 0.002 | 34.239 0.205
  EXPECT_EQ(row.method, "dps-w");
  EXPECT_EQ(row.mask_fraction, 0.4);
  EXPECT_EQ(row.metrics.at("lpips").mean, 0.060);
  EXPECT_EQ(row.metrics.at("ssim").half_width, 0.002);
  EXPECT_EQ(row.metrics.at("psnr").mean, 34.239);
  EXPECT_EQ(row.metrics.at("psnr").half_width, 0.205);
  EXPECT_TRUE(std::isnan(paper_rows(1).at(0)->metrics.at("psnr").half_width));
}

TEST(PaperTables, KeepThePapersOrderOfRowsAndColumns) {
  const std::vector<CellResult> cells = {synthetic_cell({.task = "super_resolution", .method = "dps"}),
                                         synthetic_cell({.method = "dps-w", .steps = 100}),
                                         synthetic_cell({.method = "dps-w"}),
                                         synthetic_cell({.method = "dps"}),
                                         synthetic_cell({.mask_fraction = 0.4, .method = "dsg"}),
                                         synthetic_cell({.mask_fraction = 0.4, .method = "dsg", .dataset = "imagenet"}),
                                         synthetic_cell({.mask_fraction = 0.4, .sigma_y = 0.01, .method = "dsg"})};

  const Table table = paper_table(2, cells);

  std::vector<std::string> heads;
  for (const TableColumn& column : table.columns) heads.push_back(column.group + "/" + column.key);
  EXPECT_THAT(heads, ElementsAre("/method", "FFHQ/ffhq_lpips", "FFHQ/ffhq_ssim", "FFHQ/ffhq_psnr",
                                 "ImageNet/imagenet_lpips", "ImageNet/imagenet_ssim", "ImageNet/imagenet_psnr"));
  ASSERT_EQ(table.sections.size(), 3U);
  EXPECT_EQ(table.sections[0].title, "Inpainting 40 %");
  EXPECT_EQ(table.sections[2].title, "Super resolution ×4");
  EXPECT_THAT(first_column(table.sections[0]), ElementsAre("DSG"));
  EXPECT_THAT(first_column(table.sections[1]), ElementsAre("DPS", "DPS-w", "DPS-w 100 steps"));
}

TEST(PaperTables, AddWhatThePaperDoesNotHaveAfterItsRows) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "pigdm", .steps = 100}),
                                         synthetic_cell({.method = "dps"})};
  EXPECT_THAT(first_column(paper_table(2, cells).sections.at(0)), ElementsAre("DPS", "pigdm, 100 steps"));
}

TEST(PaperTables, AScanHasARowAValue) {
  std::vector<CellResult> cells;
  for (const double scale : {0.3, 1.0}) {
    cells.push_back(synthetic_cell({.method = "dps"}));
    cells.back().attributes["method.scale"] = scale;
  }
  EXPECT_THAT(first_column(paper_table(2, cells).sections.at(0)), ElementsAre("DPS (scale 0.3)", "DPS (scale 1)"));
}

TEST(PaperTables, CountDapsAsThePaperDoesAndKnowTheEnhancedVariant) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "daps", .steps = 200, .dataset = "imagenet"}),
                                   synthetic_cell({.dataset = "imagenet"}), synthetic_cell({.dataset = "imagenet"})};
  cells[0].attributes["method.flow_steps"] = std::int64_t{5};
  cells[1].attributes["method.enhanced"] = false;
  cells[2].attributes["method.enhanced"] = true;

  EXPECT_THAT(first_column(paper_table(6, cells).sections.at(0)),
              ElementsAre("DAPS", "DPS-w", "dps-w (enhanced), 1000 steps"));
  EXPECT_THAT(first_column(paper_table(7, cells).sections.at(0)),
              ElementsAre("DPS-w", "DPS-w enhanced", "daps, 200 steps"));
}

TEST(PaperTables, SayInTheTitleWhereDataOrPriorAreOthers) {
  CellResult cell = synthetic_cell({});
  EXPECT_EQ(paper_table(2, {cell}).title, "Table 2 of the paper: inpainting and super resolution, σ_y = 0.05");
  cell.attributes["prior"] = std::string("unet image_size=32");
  EXPECT_THAT(paper_table(2, {cell}).title, HasSubstr("— with another prior"));
  cell.attributes["dataset"] = std::string("photo32");
  EXPECT_THAT(paper_table(2, {cell}).title, HasSubstr("— here on photo32, with another prior"));
  EXPECT_THAT(paper_table(2, {cell}).notes, Contains(HasSubstr("no yardstick")));
  EXPECT_THAT(paper_table(6, {synthetic_cell({})}).title, HasSubstr("— here on FFHQ"));
}

TEST(PaperTables, AreEmptyWithoutACellOfTheirs) { EXPECT_TRUE(paper_table(3, {synthetic_cell({})}).sections.empty()); }

TEST(PaperComparison, TellsDifferencesInsideAndOutsideTheJointInterval) {
  // Table 5: DPS-w on inpainting 70 %: LPIPS 0.091 ± 0.003, PSNR 30.646 ± 0.248
  const std::vector<CellResult> cells = {synthetic_cell({.psnr = 30.9, .lpips = 0.2})};

  const Table table = paper_comparison(2, cells);

  const auto column = [&](const std::string& key) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i].key == key) return i;
    throw std::out_of_range(key);
  };
  ASSERT_THAT(first_column(table.sections.at(0)), ElementsAre("DAPS", "DPS", "DSG", "DPS-w", "DPS-w 100 steps"));
  const auto& row = table.sections[0].rows[3];
  const TableEntry& ours = row[column("ffhq_psnr")];
  EXPECT_EQ(row[column("ffhq_psnr_paper")].value, 30.646);
  EXPECT_NEAR(row[column("ffhq_psnr_difference")].value, 0.254, 1e-9);
  EXPECT_NEAR(row[column("ffhq_psnr_difference")].half_width, std::hypot(0.248, ours.half_width), 1e-9);
  EXPECT_EQ(row[column("ffhq_psnr_verdict")].text, "inside");
  EXPECT_EQ(row[column("ffhq_lpips_verdict")].text, "outside");
  EXPECT_EQ(row[column("ffhq_ssim_verdict")].text, "");
  EXPECT_EQ(table.sections[0].rows[0][column("ffhq_psnr_verdict")].text, "");
}

TEST(PaperComparison, TakesOurIntervalWhereThePaperPrintsNone) {
  const Table table = paper_comparison(1, {synthetic_cell({.task = "denoising", .method = "exact", .psnr = 37.2})});

  const auto& row = table.sections.at(0).rows.at(0);
  const double half_width = row[10].half_width;  // method, then four columns each of LPIPS, SSIM and PSNR
  EXPECT_NEAR(row[11].half_width, std::sqrt(2.0) * half_width, 1e-12);
  EXPECT_EQ(row[12].text, "inside");
}

TEST(PaperTableNumber, KnowsTheLayoutsThereAre) {
  EXPECT_EQ(paper_table_number("paper-table-7"), 7);
  EXPECT_THROW(paper_table_number("paper-table-8"), UserError);
  EXPECT_THROW(paper_table_number("table-2"), UserError);
}

}  // namespace
}  // namespace dpsbench
