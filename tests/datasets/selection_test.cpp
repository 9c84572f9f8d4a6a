#include "datasets/selection.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Selection, PositionsAreRangesAndNumbersInTheirOrder) {
  EXPECT_THAT(parse_positions("0-3", 10, "here"), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(parse_positions("7, 3,5-6", 10, "here"), ElementsAre(7, 3, 5, 6));
  EXPECT_THAT(parse_positions("", 3, "here"), ElementsAre(0, 1, 2));
  EXPECT_THAT(parse_positions("9", 10, "here"), ElementsAre(9));
}

TEST(Selection, NonsensePositionsAreTheUsersMistake) {
  for (const char* text : {"a", "1-", "-1", "1--2", "1,", ",1", "1;2", "1.5", "0x3", "99999999999999999999"})
    EXPECT_THROW(parse_positions(text, 10, "here"), UserError) << text;
  EXPECT_THAT(message_of<UserError>([] { parse_positions("5-3", 10, "here"); }), HasSubstr("backwards"));
  EXPECT_THAT(message_of<UserError>([] { parse_positions("1-3,2", 10, "here"); }), HasSubstr("position 2"));
}

TEST(Selection, PositionsOutOfRangeSayWhatThereIs) {
  EXPECT_THAT(message_of<UserError>([] { parse_positions("0-10", 10, "/data/cats"); }),
              testing::AllOf(HasSubstr("position 10"), HasSubstr("/data/cats has 10 images, 0 to 9")));
  // refused before it is expanded
  EXPECT_THROW(parse_positions("0-9000000000000000000", 10, "here"), UserError);
}

TEST(Selection, IdListsSkipBlanksAndRemarks) {
  const test::Folder folder;
  test::write_file(folder / "ids.txt", "# validation\n00000022\r\n\n  00000042 \n");
  EXPECT_THAT(read_id_list(folder / "ids.txt"), ElementsAre("00000022", "00000042"));
  test::write_file(folder / "marked.txt",
                   "\xef\xbb\xbf"
                   "00000022\n");
  EXPECT_THAT(read_id_list(folder / "marked.txt"), ElementsAre("00000022"));
  test::write_file(folder / "twice.txt", "a\na\n");
  EXPECT_THAT(message_of<UserError>([&] { read_id_list(folder / "twice.txt"); }), HasSubstr("a twice"));
  test::write_file(folder / "none.txt", "#\n");
  EXPECT_THROW(read_id_list(folder / "none.txt"), UserError);
  EXPECT_THROW(read_id_list(folder / "absent.txt"), UserError);
}

TEST(Selection, IdsFitWholeNamesOrTheirEndingsAfterAnUnderscore) {
  const std::vector<std::string> available = {"val_0001", "val_0022", "0022x", "0001"};
  EXPECT_THAT(find_ids({"0022", "0001", "val_0001"}, available, "ids.txt", "here"), ElementsAre(1, 3, 0));
  EXPECT_THAT(message_of<UserError>([&] {
                find_ids({"0022", "7"}, available, "ids.txt", "/data");
              }),
              testing::AllOf(HasSubstr("1 of the 2"), HasSubstr("ids.txt"), HasSubstr("/data"), HasSubstr(": 7")));
  EXPECT_THROW(find_ids({"1"}, {"a_1", "b_1"}, "ids.txt", "here"), UserError);
  EXPECT_THAT(message_of<UserError>([&] {
                find_ids({"0022", "0001", "val_0022"}, available, "ids.txt", "/data");
              }),
              testing::AllOf(HasSubstr("ids.txt names image val_0022"), HasSubstr("twice: as 0022 and as val_0022")));
}

}  // namespace
}  // namespace dpsbench
