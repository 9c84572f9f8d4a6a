#include "core/words/nearest_name.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

const std::vector<std::string> names = {"dps", "dps-w", "pigdm", "denoising", "box_inpainting", "inpainting"};

TEST(NearestName, SuggestsSlipsOfThePen) {
  EXPECT_EQ(nearest_name("inpaintng", names), "inpainting");
  EXPECT_EQ(nearest_name("dpz", names), "dps");
  EXPECT_EQ(nearest_name("zzz", names), "");
  EXPECT_EQ(nearest_name("", names), "");
}

TEST(NearestName, PutsTheFamilyBeforeTheLetters) {
  EXPECT_EQ(nearest_name("dpsw", names), "dps-w");
  EXPECT_EQ(nearest_name("DPS_W", names), "dps-w");
  EXPECT_EQ(nearest_name("inpaint", names), "inpainting");
  EXPECT_EQ(nearest_name("box", names), "box_inpainting");
}

TEST(DidYouMean, IsAPartOfASentence) {
  EXPECT_EQ(did_you_mean("dpsw", names), " (did you mean 'dps-w'?)");
  EXPECT_EQ(did_you_mean("zzz", names), "");
}

}  // namespace
}  // namespace dpsbench
