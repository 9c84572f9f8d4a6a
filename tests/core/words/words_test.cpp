#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "core/words/number_text.h"
#include "core/words/printable.h"
#include "core/words/shell_word.h"

namespace dpsbench {
namespace {

using testing::Optional;

TEST(NumberText, IsTakenAsPeopleWriteIt) {
  for (const auto& [text, value] : std::vector<std::pair<const char*, double>>{{"0.05", 0.05},
                                                                               {"0.050", 0.05},
                                                                               {".5", 0.5},
                                                                               {"5.", 5},
                                                                               {"5e-2", 0.05},
                                                                               {"1E2", 100},
                                                                               {"+1.5", 1.5},
                                                                               {"-.5", -0.5},
                                                                               {"0", 0},
                                                                               {"0.0", 0},
                                                                               {"1_000.5", 1000.5}})
    EXPECT_THAT(real_from_text(text), Optional(value)) << text;
  for (const auto& [text, value] :
       std::vector<std::pair<const char*, std::int64_t>>{{"100", 100},
                                                         {"1e2", 100},
                                                         {"3.0", 3},
                                                         {"1_000", 1000},
                                                         {"+7", 7},
                                                         {"-7", -7},
                                                         {"9007199254740993", 9007199254740993},
                                                         {"1e15", 1000000000000000}})
    EXPECT_THAT(whole_from_text(text), Optional(value)) << text;
  EXPECT_THAT(natural_from_text("18446744073709551615"), Optional(18446744073709551615U));
}

TEST(NumberText, IsRefusedWhereItCouldMeanTwoThings) {
  for (const char* text : {"",      " 5",  "5 ",   "0,05", "5%",  "1/2",  "012",  "00",   "0x10",  "1e",
                           "1e400", "nan", "inf",  "-inf", "NaN", "1__0", "_1",   "1_",   "1._5",  "1'000",
                           "--5",   "+-5", "five", "１",   "−5",  "1k",   "0o17", "0b11", "1e2.5", "0_5"}) {
    EXPECT_EQ(real_from_text(text), std::nullopt) << text;
    EXPECT_EQ(whole_from_text(text), std::nullopt) << text;
    EXPECT_EQ(natural_from_text(text), std::nullopt) << text;
  }
  for (const char* text : {"1.5", "1e-2", "9007199254740993.0", "1e19"})
    EXPECT_EQ(whole_from_text(text), std::nullopt) << text;
  for (const char* text : {"-1", "18446744073709551616", "-0.5"})
    EXPECT_EQ(natural_from_text(text), std::nullopt) << text;
}

TEST(Printable, LeavesNoControlCharacter) {
  EXPECT_EQ(printable("a\x1b[31mb\x7f\xc2\x9b"
                      "2J\tc\nd"),
            "a?[31mb??2J c d");
  EXPECT_EQ(printable("a\n\tb\r", "\n\t"), "a\n\tb ");
  EXPECT_EQ(printable("σ_y = 0.05 Â° 漢"), "σ_y = 0.05 Â° 漢");
  EXPECT_EQ(first_control_character("plain σ"), "");
  EXPECT_EQ(first_control_character("a\x1b"), "U+001B");
  EXPECT_EQ(first_control_character("a\xc2\x85"), "U+0085");
}

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text : {"", "plain", "é", "漢", "😀"}) EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"\xe9", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x28\xa1"})
    EXPECT_FALSE(is_utf8(text)) << printable(text);
}

TEST(ShellWord, ReachesAProgramAsItIs) {
  EXPECT_EQ(shell_word("/a/b-1.yaml"), "/a/b-1.yaml");
  for (const char* text :
       {"", "a b", "it's", "$(touch x)", "`x`", "a\"b", "back\\slash", "~", "a;b", "#x", "a\nb", "*", "=x", "!1"}) {
    std::FILE* shell = popen(("printf %s " + shell_word(text)).c_str(), "r");
    std::array<char, 64> heard{};
    const std::size_t length = std::fread(heard.data(), 1, heard.size(), shell);
    pclose(shell);
    EXPECT_EQ(std::string(heard.data(), length), text);
  }
}

}  // namespace
}  // namespace dpsbench
