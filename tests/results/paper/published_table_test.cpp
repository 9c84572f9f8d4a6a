#include "results/paper/published_table.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "results/paper/published.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::synthetic_cell;

TEST(PublishedTable, HasThePapersNumbersBesideOurs) {
  const std::vector<CellResult> cells = {synthetic_cell({.task = "super_resolution", .method = "daps", .psnr = 28.5}),
                                         synthetic_cell({.task = "super_resolution", .method = "dps-w"}),
                                         synthetic_cell({.sigma_y = 0.1, .method = "daps"}),
                                         synthetic_cell({.method = "daps", .dataset = "photo32"})};

  const Table table = table_beside_published("published-daps", cells);

  ASSERT_EQ(table.sections.size(), 1U) << "only the setting that the paper has";
  EXPECT_THAT(table.sections[0].title, HasSubstr("Super resolution ×4"));
  ASSERT_EQ(table.sections[0].rows.size(), 2U) << "daps, and dcdp, of which there is no cell";
  const auto& daps = table.sections[0].rows[0];
  EXPECT_EQ(daps[0].text, "daps");
  EXPECT_EQ(daps[1].value, 29.07);
  EXPECT_NEAR(daps[2].value, 28.5, 1e-9);
  EXPECT_NEAR(daps[3].value, -0.57, 1e-9);
  const auto& dcdp = table.sections[0].rows[1];
  EXPECT_EQ(dcdp[0].text, "dcdp");
  EXPECT_EQ(dcdp[1].value, 28.66);
  EXPECT_TRUE(std::isnan(dcdp[2].value));
  EXPECT_THAT(table.notes, Contains(HasSubstr("the paper itself was not at hand")));
  EXPECT_THAT(table.title, Not(HasSubstr("another prior")));
}

TEST(PublishedTable, SaysThatThePriorIsAnother) {
  CellResult cell = synthetic_cell({.task = "super_resolution", .method = "daps"});
  cell.attributes["prior"] = std::string("unet image_size=32 in_channels=3 num_channels=32");
  const Table table = table_beside_published("published-daps", {cell});
  EXPECT_THAT(table.title, HasSubstr("with another prior"));
  EXPECT_THAT(table.notes, Contains(HasSubstr("no yardstick")));
}

TEST(PublishedTable, NamesTheLayoutsThereAre) {
  EXPECT_EQ(published_layouts(), (std::vector<std::string>{"published-daps", "published-dps", "published-diffpir"}));
  EXPECT_THROW((void)table_beside_published("published-ddnm", {}), UserError);
  for (const std::string& paper : published_papers()) EXPECT_FALSE(published_remark(paper).empty());
}

}  // namespace
}  // namespace dpsbench
