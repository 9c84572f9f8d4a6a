#include "runner/ranks/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

TEST(DurationText, SuitsItsLength) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(3900), "1 h 05 min");
  EXPECT_EQ(duration_text(2 * 86400 + 3 * 3600), "2 d 3 h");
}

TEST(Progress, WritesAPlainLineWhenAllIsDoneInALog) {
  const std::filesystem::path folder = testing_support::new_folder();
  std::FILE* log = std::fopen((folder / "log").c_str(), "w");
  {
    Progress progress(4, 1, 4, 1, log);
    progress.step(1, 0.5);
    progress.unit_ended(1, 0);
    progress.unit_ended(1, 2);
    progress.unit_ended(1, 0);
  }
  std::fclose(log);

  EXPECT_THAT(testing_support::read_text(folder / "log"),
              testing::MatchesRegex("100.0 %  4/4 units, 2 images failed, 0 s so far\n"));
  std::filesystem::remove_all(folder);
}

TEST(Progress, IsSilentWithoutAFile) {
  Progress progress(1, 0, 1, 0, nullptr);
  progress.unit_ended(1, 0);
  progress.tick();
}

}  // namespace
}  // namespace dpsbench
