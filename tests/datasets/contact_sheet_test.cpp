#include "datasets/contact_sheet.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "datasets/label_text.h"
#include "tests/datasets/fixtures.h"

namespace dpsbench {
namespace {

/// Ink on white [H, W]: the letters that draw_text leaves on an empty canvas.
Tensor drawn(const std::string& text, std::int64_t width = 40) {
  const Tensor canvas = at::ones({3, 18, width});
  draw_text(canvas, text, 0, 0, -1);
  return canvas;
}

TEST(LabelText, WidthIsTheSumOfTheLetters) {
  EXPECT_EQ(text_width(""), 0);
  EXPECT_EQ(text_width("DPS"), text_width("D") + text_width("P") + text_width("S"));
  EXPECT_GT(text_width("W"), text_width("i"));
}

TEST(LabelText, LettersAreDarkShapesOfTheirOwn) {
  EXPECT_EQ(drawn(" ").min().item<float>(), 1);
  EXPECT_LT(drawn("I").min().item<float>(), -0.8f);
  EXPECT_FALSE(at::equal(drawn("a"), drawn("b")));
  EXPECT_FALSE(at::equal(drawn("σ"), drawn("?")));
  const Tensor bar = drawn("|").select(0, 0) < 0;  // a vertical stroke: one column holds all the ink
  EXPECT_EQ(bar.any(0).sum().item<int>(), 1);
  EXPECT_GE(bar.any(1).sum().item<int>(), 12);
}

TEST(LabelText, UnknownLettersAndBrokenUtf8AreQuestionMarks) {
  EXPECT_TRUE(at::equal(drawn("漢"), drawn("?")));
  EXPECT_TRUE(at::equal(drawn("\xff"), drawn("?")));
  EXPECT_TRUE(at::equal(drawn("\xcf"), drawn("?")));
}

TEST(LabelText, IsCutOffAtTheCanvas) {
  const Tensor canvas = at::ones({3, 10, 6});
  draw_text(canvas, "WWW", -5, -5, -1);
  draw_text(canvas, "W", 5, 8, -1);
  EXPECT_LT(canvas.min().item<float>(), 0);
}

TEST(LabelText, WrapsAtBlanksAndNewlines) {
  const std::int64_t width = text_width("super resolution");
  EXPECT_THAT(wrapped("super resolution x4", width), testing::ElementsAre("super resolution", "x4"));
  EXPECT_THAT(wrapped("a\nb", width), testing::ElementsAre("a", "b"));
  EXPECT_THAT(wrapped("extraordinarily long", 10), testing::ElementsAre("extraordinarily", "long"));
  EXPECT_THAT(wrapped("", 10), testing::IsEmpty());
}

TEST(ContactSheet, ShowsPicturesEnlargedPixelByPixel) {
  ContactSheet sheet;
  sheet.columns = {"reference", "measurement"};
  sheet.cell_side = 128;
  const Tensor large = test::ramp_image(3, 32, 32);
  const Tensor small = test::ramp_image(1, 8, 8);
  sheet.rows = {{"cat", {{large, "22.5 dB"}, {small, ""}}}};
  const Tensor drawing = draw_contact_sheet(sheet);
  // the lower right place ends a margin and a caption before the sheet does
  const std::int64_t bottom = drawing.size(1) - 16 - 18;
  const std::int64_t right = drawing.size(2) - 16;
  const Tensor second = drawing.narrow(1, bottom - 128, 128).narrow(2, right - 128, 128);
  const Tensor first = drawing.narrow(1, bottom - 128, 128).narrow(2, right - 2 * 128 - 8, 128);
  EXPECT_TRUE(at::equal(first.slice(1, 1, 128, 4).slice(2, 3, 128, 4), large));
  EXPECT_TRUE(at::equal(second.slice(1, 15, 128, 16).slice(2, 0, 128, 16), small.repeat({3, 1, 1})));
  const Tensor margin = drawing.narrow(1, 0, 16);
  EXPECT_TRUE((margin == margin[0][0][0]).all().item<bool>());
}

TEST(ContactSheet, EmptyPlacesStayPaper) {
  ContactSheet sheet;
  sheet.columns = {"", ""};
  sheet.rows = {{"", {{at::zeros({3, 8, 8}), ""}, {}}}, {"", {{at::zeros({3, 8, 8}), ""}}}};
  const Tensor drawing = draw_contact_sheet(sheet);
  EXPECT_GT(drawing.narrow(2, drawing.size(2) - 16 - 128, 128).min().item<float>(), 0.9f);
}

TEST(ContactSheet, WrongTablesAreErrors) {
  ContactSheet sheet;
  EXPECT_THROW(draw_contact_sheet(sheet), Error);
  sheet.columns = {"one"};
  sheet.rows = {{"", {{at::zeros({3, 8, 8}), ""}, {at::zeros({3, 8, 8}), ""}}}};
  EXPECT_THROW(draw_contact_sheet(sheet), Error);
}

}  // namespace
}  // namespace dpsbench
