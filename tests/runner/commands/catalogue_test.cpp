// What experiment files can name, as lists: dpsbench methods, tasks, keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "methods/registry.h"
#include "tests/runner/support/program.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using namespace testing_support;

Ended listed(const std::vector<std::string>& words) { return run_program(dpsbench_words(words)); }

TEST(Catalogue, IsShortInFullAndForPrograms) {
  for (const std::string command : {"methods", "tasks", "keys"}) {
    const Ended lines = listed({command});
    const auto list = nlohmann::json::parse(listed({command, "--json"}).out);
    ASSERT_GT(list.size(), 5U) << command;
    EXPECT_EQ(std::ranges::count(lines.out, '\n'), static_cast<std::ptrdiff_t>(list.size())) << command;
    const std::string all = listed({command, "--long"}).out;
    for (const auto& entry : list) {
      const std::string name = entry.at("name");
      EXPECT_THAT(lines.out, HasSubstr(name + " ")) << command;
      EXPECT_THAT(all, HasSubstr(name + "\n")) << command;
    }
    for (const std::size_t k : {std::size_t{0}, list.size() / 2, list.size() - 1})  // a page a name, as asked for alone
      EXPECT_THAT(all, HasSubstr(listed({command, list.at(k).at("name")}).out)) << command;
  }
}

TEST(Catalogue, TellsOptionsToPrograms) {
  const auto dps = nlohmann::json::parse(listed({"methods", "dps", "--json"}).out).at(0);
  EXPECT_EQ(dps.at("options").size(), find_method("dps").options.size());
  EXPECT_EQ(dps.at("options").at(0).at("name"), "steps");
  EXPECT_EQ(dps.at("options").at(0).at("greatest"), 1000);
  EXPECT_EQ(dps.at("options").at(0).at("allowed"), "1 to 1000");
}

TEST(Catalogue, NamesTheNearestOfWhatItDoesNotKnow) {
  const Ended ended = listed({"methods", "dpsw"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("there is no method 'dpsw' (did you mean 'dps-w'?); there are: interpolation, "));
  EXPECT_THAT(listed({"keys", "datasett"}).err, HasSubstr("did you mean 'dataset'?"));
  EXPECT_EQ(listed({"tasks", "--json", "--long"}).code, 2);
}

}  // namespace
}  // namespace dpsbench
