#include "core/files/text.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "core/files/file_kind.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TextFiles : public testing::Test {
 protected:
  TextFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "dpsbench-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~TextFiles() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path file(const std::string& content) {
    std::ofstream(folder_ / "text", std::ios::binary) << content;
    return folder_ / "text";
  }
  std::filesystem::path folder_;
};

TEST(Utf8, IsWhatTheStandardSays) {
  for (const char* text : {"", "plain", "caf\xc3\xa9", "\xe6\xbc\xa2", "\xf0\x9f\x90\x88", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"caf\xe9", "\xc3", "\x80", "\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xff"})
    EXPECT_FALSE(is_utf8(text)) << shown(text);
  EXPECT_EQ(shown("a\xe9\n\x1b\xc3\xa9"), "a\\xE9\\x0A\\x1B\xc3\xa9");
}

TEST_F(TextFiles, AreReadWithoutTheirByteOrderMark) {
  EXPECT_EQ(read_text(file("\xef\xbb\xbfone\ntwo")), "one\ntwo");
  EXPECT_EQ(read_text(file("")), "");
  EXPECT_THAT(message_of<UserError>([&] {
                read_text(
                    file("\xff\xfe"
                         "a"));
              }),
              HasSubstr("UTF-16"));
  EXPECT_THAT(message_of<UserError>([&] { read_text(file("a\nb\xe9\n")); }),
              AllOf(HasSubstr("text:2"), HasSubstr("0xE9")));
}

TEST_F(TextFiles, PipesDevicesFoldersAndLargeFilesAreRefusedAtOnce) {
  const auto refusal = [](const std::filesystem::path& path) {
    return message_of<UserError>([&] { read_regular_file(path, 10); });
  };
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder_ / "pipe"), HasSubstr("no file"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("no file"));
  EXPECT_THAT(refusal(folder_), HasSubstr("no file"));
  EXPECT_THAT(refusal(folder_ / "absent"), HasSubstr("absent"));
  EXPECT_THAT(refusal(file("12345678901")), HasSubstr("11 bytes; allowed: at most 10"));
}

TEST(FileKind, IsToldFromTheFirstBytes) {
  EXPECT_THAT(kind_in_words("<!DOCTYPE html><html>"), HasSubstr("web page (HTML)"));
  EXPECT_THAT(kind_in_words("\n <HTML>"), HasSubstr("web page (HTML)"));
  EXPECT_THAT(kind_in_words("version https://git-lfs.github.com/spec/v1\noid"), HasSubstr("Git LFS"));
  EXPECT_THAT(kind_in_words(std::string("PK\x03\x04") + "archive/data.pkl"), HasSubstr("convert_weights.py"));
  EXPECT_THAT(kind_in_words("PK\x03\x04pictures/a.png"), HasSubstr("zip archive"));
  EXPECT_THAT(kind_in_words("\x80\x02\x8a\x0a"), HasSubstr("convert_weights.py"));
  EXPECT_THAT(kind_in_words(""), HasSubstr("empty"));
  EXPECT_EQ(kind_in_words("nothing known"), "");
}

}  // namespace
}  // namespace dpsbench
