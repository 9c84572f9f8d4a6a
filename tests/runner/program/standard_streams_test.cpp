// Output that cannot be written: what a command was asked for is missed, what it tells beside that is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::HasSubstr;

/// A command line run by a shell with its streams as `redirection` says.
Ended redirected(const std::vector<std::string>& words, const std::string& redirection) {
  std::vector<std::string> all = {"bash", "-c", "set -o pipefail; \"$@\" " + redirection, "bash"};
  all.insert(all.end(), words.begin(), words.end());
  return run_program(all);
}

std::vector<std::string> run_words(const TinyExperiment& tiny, const std::string& output) {
  return dpsbench_words({"run", tiny.file(), "--output", tiny.output(output)});
}

TEST(StandardOutput, ThatCannotBeWrittenEndsEveryCommandWithAnError) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_words(tiny, "out")).code, 0);
  const std::vector<std::vector<std::string>> commands = {
      {"--help"},
      {"methods"},
      {"tasks"},
      {"status", tiny.output()},
      {"verify", tiny.output()},
      {"plan", tiny.file()},
      {"report", tiny.output()},
      {"submit", tiny.file(), "--output", tiny.output("jobs"), "--dry-run"}};
  for (const std::vector<std::string>& words : commands)
    for (const char* lost : {">/dev/full", ">&-"}) {
      const Ended ended = redirected(dpsbench_words(words), lost);
      EXPECT_EQ(ended.code, 1) << words[0] << " " << lost << ": " << ended.err;
      EXPECT_THAT(ended.err, HasSubstr(lost[1] == '/' ? "standard output could not be written: No space left on device"
                                                      : "standard output could not be written: Bad file descriptor"))
          << words[0] << " " << lost;
    }
}

TEST(StandardError, ThatCannotBeWrittenLeavesTheRunAlone) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_words(tiny, "alone")).code, 0);
  int count = 0;
  for (const char* lost : {"2>&-", "2>/dev/full", "2>&1 >/dev/null | true", "<&- >&- 2>&-"}) {
    const std::string output = fmt::format("out{}", count++);
    EXPECT_EQ(redirected(run_words(tiny, output), lost).code, 0) << lost;
    expect_same_results(tiny.output("alone"), tiny.output(output));
  }
}

TEST(StandardStreams, ThatAreClosedDoNotBecomeFilesOfTheOutput) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_words(tiny, "alone")).code, 0);

  EXPECT_EQ(redirected(run_words(tiny, "out"), "<&- >&- 2>&-").code, 0);

  EXPECT_EQ(run_program(dpsbench_words({"verify", tiny.output()})).code, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(tiny.output()))
    if (entry.is_regular_file()) {
      EXPECT_EQ(read_text(entry.path()).find("units of up to"), std::string::npos) << entry.path();
    }
}

}  // namespace
}  // namespace dpsbench
