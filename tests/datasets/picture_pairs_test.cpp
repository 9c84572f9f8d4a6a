#include "datasets/picture_pairs.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FolderFiles folder_of(const std::string& folder, const std::vector<std::string>& names) {
  FolderFiles files;
  for (const std::string& name : names) files.pictures.emplace_back(folder + "/" + name);
  return files;
}

std::string refusal(const std::vector<std::string>& samples, const std::vector<std::string>& references) {
  return message_of<UserError>([&] { (void)pair_pictures(folder_of("s", samples), folder_of("r", references)); });
}

TEST(PicturePairs, TheFileOfTheSameNameComesBeforeOneOfAnotherEnding) {
  const auto pairs = pair_pictures(folder_of("s", {"x.png", "y.png"}), folder_of("r", {"x.jpg", "x.png", "y.jpg"}));
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].reference, "r/x.png");
  EXPECT_EQ(pairs[1].reference, "r/y.jpg");
  EXPECT_EQ(pairs[1].name, "y");
}

TEST(PicturePairs, WhatNothingTellsApartIsRefused) {
  EXPECT_THAT(refusal({"x.jpeg"}, {"x.jpg", "x.png"}), AllOf(HasSubstr("s/x.jpeg fits several"), HasSubstr("x.png")));
  EXPECT_THAT(refusal({"x.jpg", "x.png"}, {"x.png"}), HasSubstr("two pictures called x"));
  EXPECT_THAT(refusal({"x.png"}, {"y.png"}), HasSubstr("no image 'x'"));
  EXPECT_THAT(refusal({"\xe9.png"}, {"\xe9.png"}), HasSubstr("not UTF-8"));
}

TEST(PicturePairs, ReferencesWithoutASampleAreKnown) {
  const FolderFiles references = folder_of("r", {"a.png", "b.png", "c.png"});
  EXPECT_THAT(left_over(references, pair_pictures(folder_of("s", {"b.jpg"}), references)),
              ElementsAre("r/a.png", "r/c.png"));
  EXPECT_THAT(left_over(references, pair_pictures(folder_of("s", {"a.png", "b.png", "c.png"}), references)), IsEmpty());
}

}  // namespace
}  // namespace dpsbench
