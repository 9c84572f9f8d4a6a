#include "results/cells/cell_label.h"

#include <gtest/gtest.h>

#include "results/cells/scanned_options.h"
#include "results/tables/constants.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

CellResult dps(double fraction, const std::string& from, double scale) {
  CellResult cell = synthetic_cell({.mask_fraction = fraction, .method = "dps"});
  cell.attributes["method.scale"] = scale;
  cell.attributes["preset_label"] = from;
  cell.attributes["preset_source"] = "of " + from;
  return cell;
}

TEST(CellLabels, TellPublishedFromTunedWithoutTheirConstants) {
  const std::vector<CellResult> cells = {dps(0.4, "published", 5), dps(0.4, "tuned", 2), dps(0.7, "published", 4),
                                         dps(0.7, "tuned", 1)};
  const CellLabels labels(cells);
  EXPECT_EQ(labels.method(cells[0]), "dps (published)");
  EXPECT_EQ(labels.method(cells[3]), "dps (tuned)");
  EXPECT_TRUE(scanned_options({&cells[0], &cells[1]}).empty());
}

TEST(CellLabels, TellCellsFromOnePlaceByTheOptionsThatVary) {
  const std::vector<CellResult> cells = {dps(0.4, "tuned", 2), dps(0.4, "", 2), dps(0.4, "", 3)};
  const CellLabels labels(cells);
  EXPECT_EQ(labels.method(cells[0]), "dps (tuned, scale 2)");
  EXPECT_EQ(labels.method(cells[1]), "dps (scale 2)");
  EXPECT_EQ(labels.method(cells[2]), "dps (scale 3)");
  EXPECT_EQ(scanned_options({&cells[0], &cells[1], &cells[2]}), std::set<std::string>{"method.scale"});
}

TEST(CellLabels, ShowWhatAPersonSet) {
  CellResult set = dps(0.4, "", 4);
  set.attributes["method_set"] = std::string("scale");
  const CellResult other = synthetic_cell({.mask_fraction = 0.4, .method = "exact"});
  const CellLabels labels({set, other});
  EXPECT_EQ(labels.method(set), "dps (scale 4)");
  EXPECT_EQ(labels.method(other), "exact");
}

TEST(CellLabels, CallATasksFileByItsName) {
  const CellResult drawn = synthetic_cell({.mask_fraction = 0.7, .method = "dps"});
  CellResult given = drawn;
  given.attributes["task.mask_file"] = "/data/brush.png#sha256=" + std::string(64, 'a');
  CellResult tomography = drawn;
  tomography.attributes["task"] = std::string("ct");
  tomography.attributes.erase("task.mask_fraction");
  const CellLabels labels({drawn, given, tomography});
  EXPECT_EQ(labels.task(drawn), "Inpainting 70 %");
  EXPECT_EQ(labels.task(given), "Inpainting, mask file brush.png");
  EXPECT_EQ(labels.task(tomography), "CT");
}

TEST(ConstantsTable, HasEveryConstantOfAPresetAndWhereItIsFrom) {
  CellResult plain = synthetic_cell({.mask_fraction = 0.4, .method = "exact"});
  const Table table = constants_table({dps(0.4, "published", 5), dps(0.4, "tuned", 2), plain});
  ASSERT_EQ(table.sections.size(), 1U);
  ASSERT_EQ(table.sections[0].rows.size(), 2U);
  const auto& tuned = table.sections[0].rows[1];
  EXPECT_EQ(tuned[0].text, "dps (tuned)");
  EXPECT_EQ(tuned[2].text, "scale 2");
  EXPECT_EQ(tuned[3].text, "of tuned");
  EXPECT_TRUE(constants_table({plain}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
