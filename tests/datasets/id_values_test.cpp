#include "datasets/id_values.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ImageLabels, AreWholeNumbersOfAFile) {
  const test::Folder folder;
  const auto labels = [&](const std::string& text) {
    test::write_file(folder / "classes.csv", text);
    return image_labels(folder / "classes.csv", {"a", "b,c"});
  };
  EXPECT_THAT(labels("# id,class\nb,c, 7\na,0\nother,x\n"), ElementsAre(0, 7));
  EXPECT_TRUE(image_labels({}, {"a"}).empty());
  EXPECT_THAT(message_of([&] { (void)labels("a,0\n"); }), HasSubstr("has no class of image b,c"));
  for (const std::string wrong : {"-1", "cat", "1.5", "99999999999999999999"})
    EXPECT_THAT(message_of([&] { (void)labels("a,0\nb,c," + wrong + "\n"); }),
                HasSubstr("the class of image b,c is '" + wrong + "'; allowed: a whole number from 0 on"));
  EXPECT_THAT(message_of([&] { (void)labels("a\n"); }), HasSubstr("line 1: 'a' is not 'id,class', as in cat-1,281"));
  EXPECT_THAT(message_of([&] { (void)labels("a,1\na,2\n"); }), HasSubstr("line 2: image a has a class already"));
  EXPECT_THAT(message_of([&] { (void)image_labels(folder / "none.csv", {"a"}); }), HasSubstr("the list of classes"));
}

}  // namespace
}  // namespace dpsbench
