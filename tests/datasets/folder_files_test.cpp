// A folder never gives another set of images than it seems to hold: an error, or a line that says what was left out.
#include "datasets/folder_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "core/error.h"
#include "datasets/dataset.h"
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using test::Folder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

void add_picture(const fs::path& file) { write_png(file, test::ramp_image(3, 4, 4)); }

TEST(FolderFiles, NamesThatStandForNoFileAreErrors) {
  const Folder folder;
  add_picture(folder / "a.png");
  const auto refusal = [&] { return message_of<UserError>([&] { (void)list_pictures(folder.path()); }); };
  fs::create_symlink(folder / "gone.png", folder / "b.png");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("b.png"), HasSubstr("leads to no file")));
  fs::remove(folder / "b.png");
  fs::create_symlink("c.png", folder / "c.png");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("c.png"), HasSubstr("leads to no file")));
  fs::remove(folder / "c.png");
  ASSERT_EQ(::mkfifo((folder / "d.jpg").c_str(), 0600), 0);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("d.jpg"), HasSubstr("a pipe")));
}

TEST(FolderFiles, WhatIsLeftOutIsOneSentence) {
  const Folder folder;
  add_picture(folder / "a.png");
  EXPECT_THAT(list_pictures(folder.path()).remarks, IsEmpty());
  for (const char* name : {".hidden", "README.md", "labels.csv"}) test::write_file(folder / name, "");
  EXPECT_THAT(list_pictures(folder.path()).remarks, IsEmpty());
  for (const char* name : {"b.webp", "c.tif", "d.PNG.tmp", "e.bmp"}) test::write_file(folder / name, "");
  fs::create_directory(folder / "train");
  fs::create_directory_symlink(folder.path(), folder / "loop");
  const FolderFiles found = list_pictures(folder.path());
  EXPECT_EQ(found.pictures.size(), 1U);
  EXPECT_THAT(found.remarks,
              ElementsAre(AllOf(HasSubstr("4 files that are by their names neither PNG nor JPEG"),
                                HasSubstr("(b.webp, c.tif, d.PNG.tmp, ...)"), HasSubstr("2 subfolders (loop, train)"),
                                HasSubstr("and the like as PNG"), HasSubstr("mogrify -format png *."))));
}

TEST(FolderFiles, PicturesOfOtherFormatsAreToldHowToBecomePng) {
  const Folder folder;
  test::write_file(folder / "a.WEBP", "");
  EXPECT_THAT(message_of<UserError>([&] { (void)list_pictures(folder.path()); }),
              AllOf(HasSubstr("no PNG or JPEG"), HasSubstr("a.WEBP"), HasSubstr("mogrify -format png *.WEBP")));
  const std::string webp("RIFF\x24\0\0\0WEBPVP8 ", 16);
  EXPECT_THAT(message_of<DataError>([&] { (void)decode_image(webp, "a.png"); }),
              HasSubstr("a WebP picture: save it as PNG (dwebp IN.webp -o OUT.png"));
  const std::string heic(
      "\0\0\0\x18"
      "ftypheic\0\0\0\0",
      16);
  EXPECT_THAT(message_of<DataError>([&] { (void)decode_image(heic, "a.jpg"); }), HasSubstr("HEIC"));
}

TEST(FolderFiles, AnEmptyFolderSaysWhatItHoldsInstead) {
  const Folder folder;
  fs::create_directory(folder / "train");
  EXPECT_THAT(message_of<UserError>([&] { (void)list_pictures(folder.path()); }),
              AllOf(HasSubstr("no PNG or JPEG"), HasSubstr("1 subfolder (train)")));
}

TEST(FolderFiles, NamesThatAreNotUtf8AreRefusedByDataSets) {
  const Folder folder;
  add_picture(folder / "caf\xe9.png");
  DatasetSpec spec;
  spec.path = folder.path();
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec); }), AllOf(HasSubstr("caf\\xE9"), HasSubstr("UTF-8")));
}

TEST(FolderFiles, PathsThatAreNoFolderAndNoFileAreNamedAndNeverWaitedFor) {
  const Folder folder;
  DatasetSpec spec;
  const auto refusal = [&](const fs::path& path) {
    spec.path = path;
    return message_of<UserError>([&] { Dataset::open(spec); });
  };
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "pipe"), HasSubstr("a pipe or a device"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("a pipe or a device"));
  fs::create_symlink(folder / "gone", folder / "link");
  EXPECT_THAT(refusal(folder / "link"), HasSubstr("a link that leads to no folder"));
  fs::create_symlink("circle", folder / "circle");
  EXPECT_THAT(refusal(folder / "circle"), HasSubstr("a link that leads to no folder"));
}

}  // namespace
}  // namespace dpsbench
