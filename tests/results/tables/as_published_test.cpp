#include "results/tables/as_published.h"

#include <gmock/gmock.h>

#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using testing::synthetic_cell;

CellResult variant(const std::string& method, bool as_published, double psnr) {
  CellResult cell = synthetic_cell({.method = method, .psnr = psnr});
  cell.attributes["method.as_published"] = as_published;
  return cell;
}

TEST(PublishedTable, HasTheCorrectedMethodsLeadImageByImage) {
  const Table table = published_table("Trial", {variant("mcg", true, 20), variant("mcg", false, 29.5),
                                                variant("pigdm", false, 30), synthetic_cell({.method = "dps"})});

  ASSERT_EQ(table.sections.size(), 1U);
  ASSERT_EQ(table.sections[0].rows.size(), 1U);  // pigdm has no partner
  const auto& row = table.sections[0].rows[0];
  EXPECT_EQ(row[0].text, "mcg");
  EXPECT_NEAR(row[2].value, 9.5, 1e-9);
  EXPECT_LT(row[2].half_width, 0.1);  // the images' own differences, which are ten times that, do not enter
  EXPECT_EQ(plain_text(row[2]).front(), '+');
}

TEST(PublishedTable, IsEmptyWithoutPartners) {
  EXPECT_TRUE(published_table("Trial", {variant("mcg", true, 20), synthetic_cell({})}).sections.empty());
}

}  // namespace
}  // namespace dpsbench
