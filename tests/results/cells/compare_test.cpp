#include "results/cells/compare.h"

#include <gmock/gmock.h>

#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
#include "results/figures/figures.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "results/tables/images.h"
#include "results/tables/summary.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A run of one cell, `images` images from place 0 on; `change` is added to the first image's measurement.
ResultsFile one_cell_run(const std::filesystem::path& folder, double salt, std::int64_t images, double change = 0) {
  UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, images, salt);
  unit.attributes = {{"dataset", "d"}, {"task", "denoising"}, {"sigma_y", "0.05"},    {"seed", "0"},
                     {"prior", "p"},   {"method", "dps-w"},   {"method.steps", "100"}};
  unit.measurement[0] += change;
  Manifest manifest;
  manifest.experiment = "run";
  manifest.experiment_text = "name: run\n";
  manifest.configuration = "x";
  manifest.cells = {{unit.cell_id, unit.attributes}};
  manifest.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
  open_output(folder, manifest);
  UnitStore(folder).write(unit);
  return ResultsFile(consolidate(folder).file);
}

ResultsFile two_runs(const TemporaryFolder& before, const TemporaryFolder& after, double change) {
  std::vector<ResultsFile> files;
  files.push_back(one_cell_run(before.path(), 1, 4));
  files.push_back(one_cell_run(after.path(), 2, 6, change));
  return compare(std::move(files), {"before", "after"});
}

TEST(Compare, PairsRunsOfTheSameMeasurements) {
  const TemporaryFolder before;
  const TemporaryFolder after;
  const ResultsFile results = two_runs(before, after, 0);

  const Table table = summary_table("Trial", results.cells());

  ASSERT_EQ(table.sections.size(), 1U);
  EXPECT_EQ(table.sections[0].title, "Denoising, σ_y = 0.05");
  EXPECT_EQ(table.sections[0].rows[0][0].text, "dps-w [before]");
  EXPECT_EQ(table.sections[0].rows[1][0].text, "dps-w [after]");
  const Setting setting = settings_of(results.cells()).at(0);
  EXPECT_EQ(paired_values(*setting.cells[0], *setting.cells[1], "psnr").first.size(), 4U);  // the images both have
  EXPECT_EQ(scatter_figures(results.cells()).size(), 2U);                                   // psnr and lpips
}

TEST(Compare, PairsNothingWhereMeasurementsDiffer) {
  const TemporaryFolder before;
  const TemporaryFolder after;
  const ResultsFile results = two_runs(before, after, 0.25);

  const Table table = summary_table("Trial", results.cells());

  ASSERT_EQ(table.sections.size(), 2U);
  EXPECT_EQ(table.sections[0].title, "Denoising, σ_y = 0.05 (measurements of before)");
  EXPECT_EQ(table.sections[1].title, "Denoising, σ_y = 0.05 (measurements of after)");
  EXPECT_EQ(table.sections[0].rows[0][2].emphasis, Emphasis::none);
  EXPECT_TRUE(scatter_figures(results.cells()).empty());
}

TEST(Compare, ReadsEachCellFromItsOwnRun) {
  const TemporaryFolder before;
  const TemporaryFolder after;
  const ResultsFile results = two_runs(before, after, 0);

  ASSERT_EQ(results.cells().size(), 2U);
  EXPECT_EQ(results.cells()[0].id, results.cells()[1].id);
  EXPECT_EQ(results.shape(results.cells()[0], "samples"), (std::vector<std::int64_t>{4, 3, 4, 4}));
  EXPECT_EQ(results.shape(results.cells()[1], "samples"), (std::vector<std::int64_t>{6, 3, 4, 4}));
  EXPECT_EQ(results.runs().at(1).name, "after");
  EXPECT_EQ(results.runs().at(1).text("experiment"), "run");
}

TEST(ImageTable, HasARowAnImageAndACell) {
  const TemporaryFolder before;
  const TemporaryFolder after;
  const ResultsFile results = two_runs(before, after, 0);

  const Table table = image_table(results.cells());

  ASSERT_EQ(table.sections.size(), 1U);
  ASSERT_EQ(table.sections[0].rows.size(), 10U);
  EXPECT_EQ(table.sections[0].rows[5][0].text, "dps-w [after]");
  EXPECT_EQ(table.sections[0].rows[5][1].text, "100001");
  EXPECT_EQ(table.sections[0].rows[5][2].value, results.cells()[1].image_values("psnr")[1]);
  EXPECT_THAT(to_csv(table), HasSubstr("section,method,image,psnr,lpips\r\n"));
}

}  // namespace
}  // namespace dpsbench
