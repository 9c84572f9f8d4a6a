// Several jobs share one output folder.
#include "runner/work/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <numeric>
#include <thread>

#include "core/error.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::HasSubstr;

TEST(Part, IsReadFromText) {
  EXPECT_EQ(parse_part("3/8").number, 3);
  EXPECT_EQ(parse_part("3/8").of, 8);
  for (const char* text : {"", "3", "0/2", "3/2", "1/", "/2", "1/2x", "-1/2", "1 /2"})
    EXPECT_THROW(parse_part(text), UserError) << text;
}

TEST(Part, SharesEveryUnitOnceAndTheCostEvenly) {
  std::vector<double> costs(60);
  std::iota(costs.begin(), costs.end(), 1.0);
  std::vector<int> times(60);
  for (int number = 1; number <= 4; ++number) {
    double cost = 0;
    for (const std::size_t unit : units_of_part(costs, {number, 4})) {
      ++times[unit];
      cost += costs[unit];
    }
    EXPECT_NEAR(cost, 1830.0 / 4, 2);
  }
  EXPECT_THAT(times, testing::Each(1));
}

std::vector<std::string> part_words(const TinyExperiment& tiny, const std::string& part) {
  return dpsbench_words({"run", tiny.file(), "--output", tiny.output("parts"), "--quiet", "--part", part});
}

TEST(Parts, SideBySideGiveTheSameBitsAsOneRun) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output("alone"), "--quiet"})).code, 0);

  Process first(part_words(tiny, "1/2"));
  const Ended second = run_program(part_words(tiny, "2/2"));
  const Ended first_ended = first.wait();

  EXPECT_EQ(first_ended.code, 0) << first_ended.err;
  EXPECT_EQ(second.code, 0) << second.err;
  expect_same_results(tiny.output("alone"), tiny.output("parts"));
}

TEST(Parts, OneAloneSaysWhatTheOthersStillHaveToDoAndMakesNoResults) {
  const TinyExperiment tiny;

  const Ended ended = run_program(part_words(tiny, "2/3"));

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("part 2/3 is done; 14 units of other parts are not"));
  EXPECT_FALSE(std::filesystem::exists(tiny.folder() / "parts" / "results.h5"));
}

TEST(Parts, KeepOutTheSamePartAnotherDivisionAndAWholeRun) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [1000, 900]}");
  Process running(part_words(tiny, "1/2"));
  while (running.running() && !std::filesystem::exists(tiny.folder() / "parts" / "units"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  kill(running.id(), SIGSTOP);  // it must not end before the others have asked

  const std::string holder = fmt::format("in use by process {} on ", running.id());
  for (const auto& words : {part_words(tiny, "1/2"), part_words(tiny, "1/3"),
                            dpsbench_words({"run", tiny.file(), "--output", tiny.output("parts"), "--quiet"})}) {
    const Ended refused = run_program(words);
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr(holder));
  }
}

}  // namespace
}  // namespace dpsbench
