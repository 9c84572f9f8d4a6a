#include "results/paper/tables.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "results/paper/layout.h"
#include "results/paper/repeat_error.h"
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

/// A cell of the paper's 200 images whose values of two samples an image differ by `spread`, with exactly these means.
CellResult repeated_cell(CellSpec spec, double psnr, double ssim, double lpips, double spread) {
  spec.images = 200;
  CellResult cell = synthetic_cell(spec);
  const Tensor common = (at::arange(200, at::kDouble) * 2.1).sin();
  const Tensor own =
      at::stack({(at::arange(200, at::kDouble) * 1.3).sin(), (at::arange(200, at::kDouble) * 3.7).cos()}, 1);
  for (const auto& [name, mean, scale] :
       {std::tuple("psnr", psnr, 1.0), std::tuple("ssim", ssim, 0.02), std::tuple("lpips", lpips, 0.02)}) {
    const Tensor values = scale * (2 * common.unsqueeze(1) + spread * own);
    cell.metrics[name] = mean + values - values.mean();
  }
  return cell;
}

std::size_t column_of(const Table& table, const std::string& key) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].key == key) return i;
  throw std::out_of_range(key);
}

/// Table 5: DPS-w on inpainting 70 %: LPIPS 0.091 ± 0.003, SSIM 0.869 ± 0.004, PSNR 30.646 ± 0.248
TEST(PaperComparison, TellsInsideAndOutsideByTheRepeatErrorAlone) {
  const std::vector<CellResult> cells = {repeated_cell({}, 30.66, 0.9, 0.091, 0.3)};

  const Table table = paper_comparison(2, cells);

  ASSERT_THAT(first_column(table.sections.at(0)), ElementsAre("DAPS", "DPS", "DSG", "DPS-w", "DPS-w 100 steps"));
  const auto& row = table.sections[0].rows[3];
  const TableEntry& ours = row[column_of(table, "ffhq_psnr")];
  const TableEntry& difference = row[column_of(table, "ffhq_psnr_difference")];
  EXPECT_EQ(row[column_of(table, "ffhq_psnr_paper")].value, 30.646);
  EXPECT_EQ(plain_text(row[column_of(table, "ffhq_psnr_paper")]), "30.646 ± 0.248");
  EXPECT_NEAR(difference.value, 0.014, 1e-9);
  EXPECT_EQ(difference.half_width, repeat_half_width(cells[0], "psnr", cells));
  EXPECT_GT(ours.half_width, 5 * difference.half_width);  // images differ more than repetitions
  EXPECT_EQ(row[column_of(table, "ffhq_psnr_verdict")].text, "inside");
  EXPECT_EQ(row[column_of(table, "ffhq_ssim_verdict")].text, "outside");
  EXPECT_EQ(table.sections[0].rows[0][column_of(table, "ffhq_psnr_verdict")].text, "");
}

/// The spread between images says nothing of a difference on the same images: without repetitions no verdict is given,
/// however near the numbers are.
TEST(PaperComparison, CannotTellWithoutARepetitionOrOnOtherImages) {
  const auto verdict = [](const CellResult& cell) {
    const Table table = paper_comparison(2, {cell});
    return table.sections.at(0).rows[3][column_of(table, "ffhq_psnr_verdict")].text;
  };
  EXPECT_EQ(verdict(synthetic_cell({.psnr = 30.646, .images = 200})), "cannot tell");
  EXPECT_EQ(verdict(synthetic_cell({.psnr = 30.646, .images = 20})), "cannot tell");
  CellResult other_prior = repeated_cell({}, 30.646, 0.869, 0.091, 0.3);
  EXPECT_EQ(verdict(other_prior), "inside");
  other_prior.attributes["prior"] = std::string("unet image_size=32");
  EXPECT_EQ(verdict(other_prior), "cannot tell");
}

/// In Tables 5 and 6 no method counts as another one. By joint intervals of both spreads 27 of 80 pairs did.
TEST(PaperComparison, TellsEveryTwoMethodsOfThePaperApart) {
  int pairs = 0;
  for (const int number : {5, 6})
    for (const PaperRow* one : paper_rows(number))
      for (const PaperRow* other : paper_rows(number)) {
        const bool same_task = one->task == other->task && one->mask_fraction == other->mask_fraction;
        if (one == other || !same_task || one->method == "daps" || other->method == "daps") continue;
        ++pairs;
        const CellResult cell = repeated_cell({.task = one->task,
                                               .mask_fraction = one->mask_fraction.value_or(0),
                                               .method = one->method,
                                               .steps = one->steps,
                                               .dataset = one->dataset},
                                              other->metrics.at("psnr").mean, other->metrics.at("ssim").mean,
                                              other->metrics.at("lpips").mean, 0.15);
        std::vector<CellResult> cells = {cell};
        if (one->dataset == "imagenet")
          cells[0].attributes["prior"] = std::string("unet image_size=256 in_channels=3 num_channels=256");
        const Table table = paper_comparison(number, cells);
        int verdicts = 0;
        for (const auto& row : table.sections[0].rows) {
          const std::string& verdict = row[column_of(table, one->dataset + "_psnr_verdict")].text;
          if (verdict.empty()) continue;
          ++verdicts;
          EXPECT_EQ(verdict, "outside") << one->dataset << ' ' << one->task << ": " << other->method << other->steps
                                        << " as " << one->method << one->steps;
        }
        EXPECT_EQ(verdicts, 1);
      }
  EXPECT_EQ(pairs, 96);
}

TEST(RepeatHalfWidth, IsThatOfTheDifferenceOfTwoSeeds) {
  std::vector<CellResult> cells = {synthetic_cell({.images = 200}), synthetic_cell({.images = 200})};
  cells[1].attributes["seed"] = std::int64_t{1};
  const Tensor change = 0.3 * (at::arange(200, at::kDouble) * 1.7).sin();
  cells[1].metrics["psnr"] = cells[0].metrics["psnr"] + change;
  const double half_width = repeat_half_width(cells[0], "psnr", cells);
  const double error = std::sqrt((change.square() / 2).sum().item<double>()) / 200;  // of one run's mean
  EXPECT_NEAR(half_width / (std::sqrt(2.0) * error), 1.972, 0.002);                  // t of 200 degrees of freedom
  EXPECT_TRUE(std::isnan(repeat_half_width(cells[0], "psnr", {cells[0]})));
  cells[1].attributes["method.scale"] = 2.0;  // another method's values repeat nothing
  EXPECT_TRUE(std::isnan(repeat_half_width(cells[0], "psnr", cells)));
}

TEST(PaperTableNumber, KnowsTheLayoutsThereAre) {
  EXPECT_EQ(paper_table_number("paper-table-7"), 7);
  EXPECT_THROW(paper_table_number("paper-table-8"), UserError);
  EXPECT_THROW(paper_table_number("table-2"), UserError);
}

}  // namespace
}  // namespace dpsbench
