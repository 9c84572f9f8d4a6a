// What experiment files can name, as lists: dpsbench methods, tasks, keys.
#include "runner/catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "methods/registry.h"
#include "tests/runner/support/program.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using namespace testing_support;

Ended listed(const std::vector<std::string>& words) { return run_program(dpsbench_words(words)); }

TEST(Catalogue, IsShortInFullAndForPrograms) {
  const std::map<std::string, std::vector<CatalogueEntry>> catalogues = {
      {"methods", method_catalogue()}, {"tasks", task_catalogue()}, {"keys", key_catalogue()}};
  for (const auto& [command, entries] : catalogues) {
    ASSERT_GT(entries.size(), 5U) << command;
    const Ended lines = listed({command});
    EXPECT_EQ(std::ranges::count(lines.out, '\n'), static_cast<std::ptrdiff_t>(entries.size())) << command;
    std::string pages;
    auto all = nlohmann::ordered_json::array();
    for (const CatalogueEntry& entry : entries) {
      EXPECT_THAT(lines.out, HasSubstr(entry.name + " ")) << command;
      pages += entry.page + "\n";
      all.push_back(entry.json);
    }
    EXPECT_EQ(listed({command, "--long"}).out, pages);
    EXPECT_EQ(listed({command, entries.back().name}).out, entries.back().page + "\n");
    EXPECT_EQ(nlohmann::ordered_json::parse(listed({command, "--json"}).out), all);
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
