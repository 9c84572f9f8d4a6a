#include "results/tables/summary.h"

#include <gmock/gmock.h>

#include "results/cells/cell_label.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::CellSpec;
using ::testing::Contains;
using ::testing::ElementsAre;
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

TEST(CommonValues, AreThoseOfImagesThatAllCellsHave) {
  CellResult one = synthetic_cell({.images = 3});
  CellResult other = synthetic_cell({.images = 3});
  other.image_ids = {"2", "9", "0"};
  one.metrics["psnr"] = at::tensor({10.0, 11.0, 12.0}, at::kDouble);
  other.metrics["psnr"] = at::tensor({22.0, 29.0, 20.0}, at::kDouble);

  const auto values = common_values({&one, &other}, "psnr");

  EXPECT_THAT(values[0], ElementsAre(10, 12));
  EXPECT_THAT(values[1], ElementsAre(20, 22));
}

}  // namespace
}  // namespace dpsbench
