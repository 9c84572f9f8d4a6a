#include "datasets/groups.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> ids = {"cat-1", "cat-2", "air-balloon-1"};

GroupSpec from_lines(const test::Folder& folder, const std::string& text) {
  test::write_file(folder / "groups.csv", text);
  return {"", folder / "groups.csv"};
}

TEST(ImageGroups, AreWhatThePatternCaptures) {
  EXPECT_THAT(image_groups({"(.*)-[0-9]+", {}}, ids), ElementsAre("cat", "cat", "air-balloon"));
  EXPECT_TRUE(image_groups({}, ids).empty());
}

TEST(ImageGroups, AreReadFromAFile) {
  const test::Folder folder;
  const std::string text =
      "\xEF\xBB\xBF# id,group\r\ncat-1, Cat\r\ncat-2,Cat\r\n\r\nair-balloon-1,Balloon\r\nother,x\r\n";
  EXPECT_THAT(image_groups(from_lines(folder, text), ids), ElementsAre("Cat", "Cat", "Balloon"));
}

TEST(ImageGroups, ThatAreMissingAreToldOf) {
  const test::Folder folder;
  const auto message = [](const GroupSpec& spec) { return message_of([&] { (void)image_groups(spec, ids); }); };
  EXPECT_THAT(message({"(cat)-[0-9]+", {}}), HasSubstr("finds no group in the image id 'air-balloon-1'"));
  EXPECT_THAT(message(from_lines(folder, "cat-1,Cat\ncat-2,Cat\n")), HasSubstr("has no group of image air-balloon-1"));
  EXPECT_THAT(message(from_lines(folder, "cat-1,Cat\ncat-1,Dog\n")),
              HasSubstr("line 2: image cat-1 has a group already"));
  EXPECT_THAT(message(from_lines(folder, "cat-1\n")), HasSubstr("line 1: 'cat-1' is not 'id,group'"));
  EXPECT_THAT(message({"", folder / "absent.csv"}), HasSubstr("cannot be read"));
}

TEST(GroupPattern, CapturesExactlyOneGroup) {
  EXPECT_NO_THROW(check_group_pattern("(.*)-[0-9]+"));
  EXPECT_THROW(check_group_pattern("cat"), UserError);
  EXPECT_THROW(check_group_pattern("(a)(b)"), UserError);
  EXPECT_THROW(check_group_pattern("(a"), UserError);
}

}  // namespace
}  // namespace dpsbench
