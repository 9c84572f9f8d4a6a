#include "runner/experiment/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

YamlReader reader_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return YamlReader(std::make_shared<const YamlDocument>(parse_yaml(text, "test.yaml", overrides)));
}

TEST(YamlReader, NamesPlaceKeyValueAndAllowedValues) {
  const YamlReader reader = reader_of("seed: 1\ngroup:\n  count: many\n");

  EXPECT_EQ(message_of([&] {
              return reader.map("group").whole("count", {1, 9});
            }),
            "test.yaml:3:10: group.count: 'many' is not allowed; allowed: a whole number from 1 to 9, written like 100 "
            "or 1e2");
}

TEST(YamlReader, RejectsNumbersOutOfRange) {
  const YamlReader reader = reader_of("a: 0\nb: [0.5, -0.5]\nc: 1.5\nd: .inf\n");

  EXPECT_THAT(message_of([&] {
                return reader.reals("a", {0, 10, true});
              }),
              HasSubstr("allowed: a number above 0 to 10"));
  EXPECT_THAT(message_of([&] { return reader.reals("b", {0}); }),
              AllOf(HasSubstr("test.yaml:2:10"), HasSubstr("'-0.5'")));
  EXPECT_THAT(message_of([&] { return reader.whole("c", {}); }), HasSubstr("a whole number"));
  EXPECT_THAT(message_of([&] { return reader.reals("d", {}); }), HasSubstr("'.inf'"));
}

TEST(YamlReader, RejectsUnknownKeysAndSuggestsTheNearest) {
  const YamlReader reader = reader_of("name: x\nsigmay: 0.05\n");
  static_cast<void>(reader.word("name"));
  static_cast<void>(reader.has("sigma_y"));

  EXPECT_EQ(message_of([&] { reader.reject_unknown(); }),
            "test.yaml:2:1: sigmay: unknown key (did you mean 'sigma_y'?); allowed: name, sigma_y");
}

TEST(YamlReader, RejectsKeysThatAppearTwice) {
  EXPECT_THAT(message_of([] { reader_of("a: 1\nb: 2\na: 3\n"); }),
              AllOf(HasSubstr("test.yaml:3:1"), HasSubstr("appears twice")));
}

TEST(YamlReader, RejectsEmptyListsAndMissingKeys) {
  const YamlReader reader = reader_of("tasks: []\n");

  EXPECT_THAT(message_of([&] { return reader.maps("tasks"); }), HasSubstr("test.yaml:1:8: tasks: the list is empty"));
  EXPECT_THAT(message_of([&] { return reader.words("tasks"); }), HasSubstr("the list is empty"));
  EXPECT_THAT(message_of([&] { return reader.word("name"); }), HasSubstr("name: missing"));
}

TEST(YamlReader, RejectsWrongTypes) {
  const YamlReader reader = reader_of("a: {b: 1}\nb: [1]\nc: maybe\n");

  EXPECT_THAT(message_of([&] { return reader.word("a"); }), HasSubstr("a group of keys is not allowed"));
  EXPECT_THAT(message_of([&] { return reader.map("b"); }), HasSubstr("a list is not allowed"));
  EXPECT_THAT(message_of([&] { return reader.flag("c", false); }),
              HasSubstr("'maybe' is not allowed; allowed: true, false"));
}

TEST(YamlReader, TakesNumbersAsPeopleWriteThem) {
  const YamlReader reader =
      reader_of("a: 1e2\nb: 3.0\nc: '3'\nd: 1_000\ne: [.5, 0.050, +2, 5e-2]\nf: 5%\ng: 0,05\nh: 012\ni: 12.75/255\n");

  EXPECT_EQ(reader.whole("a", {}), 100);
  EXPECT_EQ(reader.whole("b", {}), 3);
  EXPECT_EQ(reader.whole("c", {}), 3);
  EXPECT_EQ(reader.whole_or("auto", "d", {}), 1000);
  EXPECT_THAT(reader.reals("e", {}), ElementsAre(0.5, 0.05, 2, 0.05));
  EXPECT_THAT(reader.options("a", {"steps", std::int64_t{5}, "", 1, 1000}),
              ElementsAre(OptionValue(std::int64_t{100})));
  EXPECT_THAT(reader.options("c", {"steps", std::int64_t{5}, "", 1, 1000}), ElementsAre(OptionValue(std::int64_t{3})));
  for (const char* key : {"f", "g", "h", "i"}) {
    EXPECT_THAT(message_of([&] { return reader.reals(key, {}); }), HasSubstr("written like 0.05 or 5e-2")) << key;
    EXPECT_THAT(message_of([&] { return reader.whole(key, {}); }), HasSubstr("written like 100 or 1e2")) << key;
    EXPECT_THAT(message_of([&] {
                  return reader.options(key, {"x", 0.5, "", 0, 1});
                }),
                HasSubstr("like 0.05 or 5e-2"))
        << key;
  }
}

TEST(YamlReader, RefusesTextThatIsNotFitToBeShown) {
  const YamlReader reader = reader_of("a: \"x\\e[2J\"\nb: [ok, \"two\\nlines\"]\nc: \xe9\n");

  EXPECT_THAT(message_of([&] { return reader.word("a"); }),
              AllOf(HasSubstr("test.yaml:1:4: a: 'x?[2J'"), HasSubstr("U+001B")));
  EXPECT_THAT(message_of([&] { return reader.words("b"); }), HasSubstr("U+000A"));
  EXPECT_THAT(message_of([&] { return reader.options("a", {"a", std::string("x"), ""}); }), HasSubstr("U+001B"));
  EXPECT_THAT(message_of([&] { return reader.word("c"); }), HasSubstr("is not UTF-8"));
}

TEST(YamlReader, TakesVariablesWithoutQuotesInsideBraces) {
  const YamlReader reader = reader_of("data: {path: ${HOME}/images, size: x}\n", {"other=${HOME}"});

  EXPECT_EQ(reader.map("data").word("path"), "${HOME}/images");
  EXPECT_EQ(reader.word("other"), "${HOME}");
  EXPECT_THAT(message_of([&] { return reader.map("data").whole("size", {}); }), HasSubstr("test.yaml:1:36"));
}

TEST(YamlReader, ReadsScansOfAnOption) {
  const YamlReader reader = reader_of("scale: [0.3, 1]\nmode: 3\n");

  EXPECT_THAT(reader.options("scale", {"scale", 0.5, "", 0, 2}), ElementsAre(OptionValue(0.3), OptionValue(1.0)));
  EXPECT_THAT(reader.options("mode", {"mode", std::string("1"), ""}), ElementsAre(OptionValue(std::string("3"))));
  EXPECT_THAT(message_of([&] {
                return reader.options("scale", {"scale", 0.5, "", 0, 0.9});
              }),
              AllOf(HasSubstr("test.yaml:1:14"), HasSubstr("0 to 0.9")));
}

TEST(YamlOverride, ReplacesValuesInMapsAndLists) {
  const YamlReader reader = reader_of("a: {b: 1}\nlist: [{x: 1}, {x: 2}]\n", {"a.b=7", "list.1.x=[3, 4]", "new=word"});

  EXPECT_EQ(reader.map("a").whole("b", {}), 7);
  EXPECT_EQ(reader.maps("list")[0].whole("x", {}), 1);
  EXPECT_THAT(reader.maps("list")[1].reals("x", {}), ElementsAre(3, 4));
  EXPECT_EQ(reader.word("new"), "word");
}

TEST(YamlOverride, IsNamedAsThePlaceOfABadValue) {
  const YamlReader reader = reader_of("a: {b: 1}\n", {"a.b=x"});

  EXPECT_THAT(message_of([&] { return reader.map("a").whole("b", {}); }),
              HasSubstr("--set a.b=x: a.b: 'x' is not allowed"));
}

TEST(YamlOverride, RejectsPathsThatLeadNowhere) {
  EXPECT_THAT(message_of([] { reader_of("list: [1]\n", {"list.1=2"}); }), HasSubstr("allowed: 0 to 0"));
  EXPECT_THAT(message_of([] { reader_of("a: 1\n", {"a.b=2"}); }), HasSubstr("single value"));
  EXPECT_THAT(message_of([] { reader_of("a: 1\n", {"a"}); }), HasSubstr("path=value"));
  EXPECT_THAT(message_of([] { reader_of("a: 1\n", {"a..b=2"}); }), HasSubstr("empty step"));
}

TEST(YamlDocument, BoundsDepthSizeAndAliases) {
  const std::string deep = fmt::format("a: {:[>100000}", "");
  std::string nested;
  for (int level = 0; level < 200; ++level) nested += std::string(static_cast<std::size_t>(level), ' ') + "a:\n";

  EXPECT_THAT(message_of([&] { reader_of(deep); }), HasSubstr("nested more than 32 levels deep"));
  EXPECT_THAT(message_of([&] { reader_of(nested); }), HasSubstr("nested more than 32 levels deep"));
  EXPECT_THAT(message_of([&] { reader_of(fmt::format("a: {:x>1048576}", "")); }),
              HasSubstr("allowed: at most 1048576"));
  EXPECT_THAT(message_of([&] { reader_of("a: &x [1]\nb: *x\n"); }), HasSubstr("anchors"));
}

TEST(YamlDocument, RejectsWhatIsNoMapOfKeys) {
  EXPECT_THAT(message_of([] { reader_of(""); }), HasSubstr("test.yaml: empty"));
  EXPECT_THAT(message_of([] { reader_of("- a\n"); }), HasSubstr("not a list of 'key: value' lines"));
  EXPECT_THAT(message_of([] { reader_of("a: [1\nb: 2\n"); }), HasSubstr("not YAML"));
  EXPECT_THAT(message_of([] { reader_of("a: 1\n---\nb: 2\n"); }), HasSubstr("more than one document"));
  EXPECT_THAT(message_of([] { reader_of("[1, 2]: 3\n"); }), HasSubstr("single word"));
}

}  // namespace
}  // namespace dpsbench
