#include "results/tables/summary.h"

#include <gmock/gmock.h>

#include "metrics/statistics/interval.h"
#include "results/cells/cell_label.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::CellSpec;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::synthetic_cell;

const TableEntry& entry(const Table& table, std::size_t section, std::size_t row, const std::string& key) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.columns[i].key == key) return table.sections.at(section).rows.at(row).at(i);
  throw std::out_of_range(key);
}

TEST(SummaryTable, HasASectionASettingAndARowAMethod) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 28}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30}),
                                         synthetic_cell({.mask_fraction = 0.4, .method = "dps", .psnr = 31}),
                                         synthetic_cell({.task = "super_resolution", .method = "dps"})};

  const Table table = summary_table("Trial", cells);

  ASSERT_EQ(table.sections.size(), 3U);
  EXPECT_EQ(table.sections[0].title, "Inpainting 70 %, σ_y = 0.05");
  EXPECT_EQ(table.sections[1].title, "Inpainting 40 %, σ_y = 0.05");
  EXPECT_EQ(table.sections[2].title, "Super resolution ×4, σ_y = 0.05");
  EXPECT_EQ(table.sections[0].rows.size(), 2U);
  EXPECT_EQ(entry(table, 0, 1, "method").text, "dps-w");
  EXPECT_EQ(entry(table, 0, 1, "steps").text, "1000");
  EXPECT_NEAR(entry(table, 0, 1, "psnr").value, 30, 1e-9);
  EXPECT_GT(entry(table, 0, 1, "psnr").half_width, 0.2);
  EXPECT_NEAR(entry(table, 0, 1, "seconds_per_image").value, 2, 1e-12);
  EXPECT_EQ(entry(table, 0, 1, "images").value, 20);
}

TEST(SummaryTable, ComparesOnTheSameImages) {
  // The images differ far more from one another than the methods: only pairing tells these apart.
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30.0, .lpips = 0.10}),
                                         synthetic_cell({.method = "dsg", .psnr = 30.2, .lpips = 0.10001}),
                                         synthetic_cell({.method = "dps-w", .psnr = 28.0, .lpips = 0.2})};

  const Table table = summary_table("Trial", cells);

  EXPECT_EQ(entry(table, 0, 0, "psnr").emphasis, Emphasis::none);
  EXPECT_EQ(entry(table, 0, 1, "psnr").emphasis, Emphasis::best);
  EXPECT_EQ(entry(table, 0, 0, "lpips").emphasis, Emphasis::best);
  EXPECT_EQ(entry(table, 0, 1, "lpips").emphasis, Emphasis::tied);
  EXPECT_EQ(entry(table, 0, 2, "lpips").emphasis, Emphasis::none);
}

TEST(SummaryTable, CallsAnEvaluationNoForwardPassUnderAPriorOfTiles) {
  std::vector<CellResult> cells = {synthetic_cell({}), synthetic_cell({.method = "dps"})};
  EXPECT_THAT(summary_table("Trial", cells).notes, Contains(HasSubstr("NFE: forward passes of the network")));
  cells.back().attributes["passes_of_an_evaluation"] = std::int64_t{9};
  EXPECT_THAT(summary_table("Trial", cells).notes, Contains(HasSubstr("a forward pass of every tile")));
}

TEST(SummaryTable, OneMethodIsNotBest) {
  const Table table = summary_table("Trial", {synthetic_cell({})});
  EXPECT_EQ(entry(table, 0, 0, "psnr").emphasis, Emphasis::none);
}

TEST(SummaryTable, SaysWhichOptionsOfAScanAreWhich) {
  std::vector<CellResult> cells;
  for (const double scale : {0.3, 1.0}) {
    cells.push_back(synthetic_cell({.method = "dps"}));
    cells.back().attributes["method.scale"] = scale;
    cells.back().attributes["method.clip"] = true;
  }

  const Table table = summary_table("Trial", cells);

  EXPECT_EQ(entry(table, 0, 0, "method").text, "dps (scale 0.3)");
  EXPECT_EQ(entry(table, 0, 1, "method").text, "dps (scale 1)");
}

TEST(SummaryTable, FootnotesHoldConventionsProvenanceAndWhatIsUnfinished) {
  CellResult cell = synthetic_cell({});
  cell.attributes["images_planned"] = std::int64_t{200};

  const std::vector<std::string> notes = summary_table("Trial", {cell}).notes;

  EXPECT_THAT(notes, Contains(HasSubstr("PSNR: [0, 1] images")));
  EXPECT_THAT(notes, Contains(HasSubstr("LPIPS: [0, 1] images, VGG16 with average")));
  EXPECT_THAT(notes, Contains(HasSubstr("Data set: ffhq")));
  EXPECT_THAT(notes, Contains(HasSubstr("hidden pixels: false")));
  EXPECT_THAT(notes, Contains("Unfinished: inpainting-dps-w has 20 of 200 images."));
}

TEST(CellLabels, NameWhatVaries) {
  std::vector<CellResult> cells = {synthetic_cell({.steps = 100}), synthetic_cell({.steps = 1000})};
  cells[0].attributes["method.enhanced"] = true;
  cells[1].attributes["method.enhanced"] = false;
  const CellLabels labels(cells);

  EXPECT_EQ(labels.method_and_steps(cells[0]), "dps-w (enhanced), 100 steps");
  EXPECT_EQ(labels.method(cells[1]), "dps-w (not enhanced)");
}

/// The same samples may be judged by their mean over images alone: here a method that covers 0.9 of the pixels on
/// average, all of them on some images and few on others, and one that covers 0.81 of each.
TEST(SummaryTable, JudgesCoverageByItsMeanAndCallsNoneTheBest) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "posterior-draw"}), synthetic_cell({.method = "narrow"})};
  Tensor uneven = at::ones({20}, at::kDouble);
  for (int i = 0; i < 20; i += 2) uneven[i] = 0.8;
  cells[0].metrics = {{"coverage_90", uneven}};
  cells[1].metrics = {{"coverage_90", at::full({20}, 0.81, at::kDouble) + 0.001 * at::arange(20, at::kDouble).sin()}};

  const Table table = summary_table("Trial", cells);

  EXPECT_EQ(entry(table, 0, 0, "coverage_90").emphasis, Emphasis::tied);  // its interval holds 0.9
  EXPECT_EQ(entry(table, 0, 1, "coverage_90").emphasis, Emphasis::none);
}

TEST(SummaryTable, SaysHowManyGroupsThereAreAndTakesIntervalsByThem) {
  CellResult cell = synthetic_cell({});
  const double alone = entry(summary_table("Trial", {cell}), 0, 0, "psnr").half_width;
  for (int i = 0; i < 20; ++i) cell.image_groups.push_back(std::to_string(i / 5));
  const Table table = summary_table("Trial", {cell});
  EXPECT_THAT(table.notes, Contains(HasSubstr("20 images in 4 groups")));
  EXPECT_NE(entry(table, 0, 0, "psnr").half_width, alone);
  EXPECT_NEAR(entry(table, 0, 0, "psnr").half_width,
              mean_interval(cell.image_values("psnr"), cell.image_groups).half_width, 1e-12);
}

TEST(SummaryTable, ShowsFailedImagesAndRanksThemLast) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30}),
                                   synthetic_cell({.method = "mcg", .psnr = 31})};
  cells[1].image_ids.resize(12);  // it failed on the others
  for (auto& [name, values] : cells[1].metrics) values = values.narrow(0, 0, 12);
  cells[1].attributes["failed_images"] = std::vector<std::string>{"12", "13", "14", "15", "16", "17", "18", "19"};
  cells.push_back(synthetic_cell({.method = "tmpd"}));
  cells[2].image_ids.clear();
  cells[2].metrics.clear();
  std::vector<std::string> all;
  for (int i = 0; i < 20; ++i) all.push_back(std::to_string(i));
  cells[2].attributes["failed_images"] = all;

  const Table table = summary_table("Trial", cells);

  EXPECT_EQ(entry(table, 0, 0, "failed").value, 0);
  EXPECT_EQ(entry(table, 0, 1, "failed").value, 8);
  EXPECT_EQ(entry(table, 0, 2, "failed").value, 20);
  EXPECT_EQ(entry(table, 0, 2, "method").text, "tmpd");
  EXPECT_EQ(plain_text(entry(table, 0, 2, "psnr")), "–");
  // by PSNR: mcg first on 12 images; on 8 dps first, the failed ones share the places 2 and 3
  EXPECT_NEAR(entry(table, 0, 0, "mean_rank").value, (12 * 2 + 8 * 1) / 20.0, 1e-12);
  EXPECT_NEAR(entry(table, 0, 1, "mean_rank").value, (12 * 1 + 8 * 2.5) / 20.0, 1e-12);
  EXPECT_NEAR(entry(table, 0, 2, "mean_rank").value, (12 * 3 + 8 * 2.5) / 20.0, 1e-12);
  EXPECT_EQ(entry(table, 0, 0, "psnr").emphasis, Emphasis::best);  // never what failed, whatever the rest's mean
}

TEST(SummaryTable, DoesNotCompareMeansOfSamplesWithSamples) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps"}), synthetic_cell({.method = "dps-w", .psnr = 29}),
                                   synthetic_cell({.method = "dps", .psnr = 33})};
  cells[2].attributes["samples_shown"] = std::string("mean of 4 samples");
  const Table table = summary_table("Trial", cells);
  EXPECT_EQ(entry(table, 0, 2, "method").text, "dps (mean of 4 samples)");
  EXPECT_EQ(entry(table, 0, 2, "psnr").emphasis, Emphasis::none);
  EXPECT_EQ(entry(table, 0, 0, "psnr").emphasis, Emphasis::best);
  EXPECT_THAT(table.notes, Contains(HasSubstr("3.01 dB")));
}

TEST(CellLabels, TellSeedsApart) {
  std::vector<CellResult> cells = {synthetic_cell({}), synthetic_cell({})};
  cells[1].attributes["seed"] = std::int64_t{1};
  const Table table = summary_table("Trial", cells);
  ASSERT_EQ(table.sections.size(), 2U);
  EXPECT_EQ(table.sections[0].title, "Inpainting 70 %, σ_y = 0.05, seed 0");
  EXPECT_EQ(table.sections[1].title, "Inpainting 70 %, σ_y = 0.05, seed 1");
}

}  // namespace
}  // namespace dpsbench
