#include "results/report/finding.h"

#include <gmock/gmock.h>

#include "results/report/repeat.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using testing::synthetic_cell;

const std::string scope =
    " (On the same images and measurements, 5 % for all methods of a setting, each setting for itself.)";

TEST(Finding, NamesTheOneThatIsBetterThanAllOthersAndByHowMuch) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 27}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30}),
                                         synthetic_cell({.method = "dsg", .psnr = 28.5})};
  EXPECT_EQ(finding(cells),
            "By PSNR dps-w is better than all 2 others of the setting, 1.50 dB ahead of the next." + scope);
}

TEST(Finding, ClaimsNothingWhereTheTestsTellNothing) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30.0001, .lpips = 0.9}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30})};
  EXPECT_EQ(finding(cells), "By PSNR dps has the best mean, but 1 of 1 other methods cannot be told from it." + scope);

  const std::vector<CellResult> few = {synthetic_cell({.method = "dps", .psnr = 27, .images = 4}),
                                       synthetic_cell({.method = "dps-w", .psnr = 35, .images = 4})};
  EXPECT_THAT(finding(few), HasSubstr("cannot be told from it"));  // four images cannot, whatever the distance
}

TEST(Finding, SaysWhereADifferenceIsThatNobodyWouldSee) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 30.0001}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30})};
  EXPECT_THAT(finding(cells), HasSubstr("dps is better than the other method of the setting, less than 0.01 dB ahead"));
}

TEST(Finding, CountsSettings) {
  std::vector<CellResult> cells;
  for (const auto& [fraction, w, dps] : {std::tuple(0.4, 30.0, 29.0), std::tuple(0.7, 27.0, 24.5),
                                         std::tuple(0.92, 20.0, 22.0), std::tuple(0.95, 18.0, 18.0001)}) {
    cells.push_back(synthetic_cell({.mask_fraction = fraction, .method = "dps-w", .psnr = w}));
    cells.push_back(synthetic_cell({.mask_fraction = fraction, .method = "dps", .psnr = dps, .lpips = 0.9}));
  }
  EXPECT_EQ(finding(cells),
            "By PSNR, of 4 settings, better than all other methods: dps-w in 2 (1.00 to 2.50 dB ahead of the next); "
            "dps in 1 (2.00 dB ahead of the next). In 1 the best mean cannot be told from at least one other." +
                scope);
}

TEST(Finding, LeavesOutWhatThereIsNoVerdictOn) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 27}),
                                   synthetic_cell({.method = "dsg", .psnr = 40}),
                                   synthetic_cell({.method = "dps-w", .psnr = 30})};
  cells[1].attributes["no_verdict"] = std::string("constants of another task");
  EXPECT_THAT(finding(cells), HasSubstr("dps-w is better than the other method"));
  EXPECT_EQ(finding({cells[0]}), "");  // nothing to compare with
}

TEST(RepeatCommand, SetsTheCellAsItWas) {
  CellResult cell = synthetic_cell({.method = "dps", .steps = 50});
  cell.attributes["method.scale"] = 0.5;
  cell.attributes["method.remark"] = std::string("a: b");
  RunResult run;
  run.attributes["experiment"] = std::string("scan");
  EXPECT_EQ(repeat_command(run, cell),
            R"(dpsbench run scan.yaml --output again --set 'tasks=[{name: inpainting, mask_fraction: 0.7}]' )"
            R"(--set sigma_y=0.05 --set seed=0 )"
            R"(--set 'methods=[{name: dps, remark: '\''a: b'\'', scale: 0.5, steps: 50}]')");
  cell.attributes["method"] = std::string("imported");
  EXPECT_EQ(repeat_command(run, cell), "");
}

}  // namespace
}  // namespace dpsbench
