#include "results/tables/wide.h"

#include <gmock/gmock.h>

#include <cmath>

#include "results/tables/tidy.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using testing::synthetic_cell;

TEST(WideTable, HasARowAMethodAndTheSettingsBesideEachOther) {
  std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 27}), synthetic_cell({.psnr = 30}),
                                   synthetic_cell({.task = "super_resolution", .psnr = 25})};
  const Table table = wide_table("Trial", cells);

  std::vector<std::string> groups;
  for (const TableColumn& column : table.columns) groups.push_back(column.group);
  EXPECT_THAT(groups, ElementsAre("", "Inpainting 70 %, σ_y = 0.05", "Inpainting 70 %, σ_y = 0.05",
                                  "Super resolution ×4, σ_y = 0.05", "Super resolution ×4, σ_y = 0.05"));
  EXPECT_EQ(table.columns[3].key, "super-resolution-4-sigma-0.05_psnr");
  ASSERT_EQ(table.sections.size(), 1U);
  const auto& rows = table.sections[0].rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0][0].text, "dps");
  EXPECT_NEAR(rows[0][1].value, 27, 1e-9);
  EXPECT_TRUE(std::isnan(rows[0][3].value));  // dps did not run there
  EXPECT_EQ(rows[1][0].text, "dps-w");
  EXPECT_EQ(rows[1][1].emphasis, Emphasis::best);
  EXPECT_NEAR(rows[1][3].value, 25, 1e-9);
}

TEST(WideTable, NamesStepsWhereAMethodHasSeveralAndIsEmptyForOneSetting) {
  std::vector<CellResult> cells;
  for (const char* task : {"inpainting", "super_resolution"})
    for (const std::int64_t steps : {100, 1000}) cells.push_back(synthetic_cell({.task = task, .steps = steps}));
  const Table table = wide_table("Trial", cells);
  ASSERT_EQ(table.sections.at(0).rows.size(), 2U);
  EXPECT_EQ(table.sections[0].rows[0][0].text, "dps-w, 100 steps");
  EXPECT_EQ(table.sections[0].rows[1][0].text, "dps-w, 1000 steps");
  EXPECT_TRUE(wide_table("Trial", {cells[0], cells[1]}).sections.empty());
}

TEST(TidyCsv, HasALineAValueAndAColumnAParameter) {
  CellResult cell = synthetic_cell({.images = 2});
  cell.image_groups = {"cat", "cat"};
  cell.attributes["method.scale"] = 0.5;
  cell.metrics = {{"psnr", at::tensor({30.5, 31.25, 29.0, double(NAN)}, at::kDouble).reshape({2, 2})}};
  CellResult other = synthetic_cell({.task = "super_resolution", .method = "a, b", .images = 1});
  other.metrics = {{"lpips", at::full({1}, 0.125, at::kDouble)}};
  EXPECT_EQ(tidy_csv({cell, other}),
            "cell,dataset,task,task.mask_fraction,task.scale,sigma_y,seed,method,method.scale,method.steps,preset,"
            "method_label,image,group,sample,metric,value\r\n"
            "inpainting-dps-w,ffhq,inpainting,0.7,,0.05,0,dps-w,0.5,1000,,,0,cat,0,psnr,30.5\r\n"
            "inpainting-dps-w,ffhq,inpainting,0.7,,0.05,0,dps-w,0.5,1000,,,0,cat,1,psnr,31.25\r\n"
            "inpainting-dps-w,ffhq,inpainting,0.7,,0.05,0,dps-w,0.5,1000,,,1,cat,0,psnr,29\r\n"
            "inpainting-dps-w,ffhq,inpainting,0.7,,0.05,0,dps-w,0.5,1000,,,1,cat,1,psnr,\r\n"
            "\"super_resolution-a, b\",ffhq,super_resolution,,4,0.05,0,\"a, b\",,1000,,,0,0,0,lpips,0.125\r\n");
}

}  // namespace
}  // namespace dpsbench
