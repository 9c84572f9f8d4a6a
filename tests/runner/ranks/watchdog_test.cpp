#include "runner/ranks/watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <ctime>
#include <filesystem>
#include <thread>

#include "results/store/unit_store.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;

void hang() {
  const auto alone = make_single_process();
  Watchdog watchdog(*alone, 0.05);
  watchdog.begin("cell 7");
  std::this_thread::sleep_for(std::chrono::seconds(30));
}

TEST(WatchdogDeath, EndsAProcessWhoseWorkMakesNoStep) {
  EXPECT_EXIT(hang(), testing::ExitedWithCode(1), "rank 0: cell 7: no step has ended");
}

TEST(Watchdog, LeavesWorkAloneThatIsOver) {
  const auto alone = make_single_process();
  Watchdog watchdog(*alone, 1);
  watchdog.begin("cell 7");
  watchdog.end();
  { const Watchdog::Errand over(watchdog, "writing"); }
  std::this_thread::sleep_for(std::chrono::seconds(2));  // whoever is too late makes it longer, and nothing else
}

void wait_for_ever() {
  const auto alone = make_single_process();
  Watchdog watchdog(*alone, 0.05);
  const Watchdog::Errand errand(watchdog, "writing unit 7");
  std::this_thread::sleep_for(std::chrono::seconds(30));
}

TEST(WatchdogDeath, EndsAProcessWhoseErrandWaitsForEver) {
  EXPECT_EXIT(wait_for_ever(), testing::ExitedWithCode(1), "rank 0: writing unit 7: nothing has moved");
}

TEST(Watchdog, LeavesAnErrandAloneThatUsesTheProcessor) {
  const auto alone = make_single_process();
  Watchdog watchdog(*alone, 1);
  const Watchdog::Errand errand(watchdog, "working");
  // several limits of processor time, however long that takes on a busy machine
  for (const std::clock_t begun = std::clock(); std::clock() - begun < 3 * CLOCKS_PER_SEC;) continue;
}

TEST(MaxFailures, EndTheRunEarlyWithCodeThree) {
  const TinyExperiment tiny;

  const Ended ended = run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output(), "--quiet", "--set",
                                                  "methods.1.scale=1.0e+38", "--max-failures", "2"}));

  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, HasSubstr("gave up: more than 2 images failed"));
  EXPECT_FALSE(std::filesystem::exists(tiny.folder() / "out" / "results.h5"));
}

TEST(Grace, LetsTheUnitInHandEnd) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [1000, 900]}");
  const auto units_after_signal = [&](const std::string& grace, std::int64_t seconds_to_job_end) {
    const std::string output = tiny.output(fmt::format("grace-{}-{}", grace, seconds_to_job_end));
    setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + seconds_to_job_end).c_str(), 1);
    const UnitStore store(output);
    Process job(
        dpsbench_words({"run", tiny.file(), "--output", output, "--quiet", "--grace", grace, "--set", "samples=6"}));
    while (job.running() && store.present().size() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // into the next unit, which takes a second
    const auto before = store.present().size();
    kill(job.id(), SIGUSR2);
    EXPECT_EQ(job.wait().code, 75);
    return store.present().size() - before;
  };

  EXPECT_EQ(units_after_signal("0", 3600), 0U);
  EXPECT_EQ(units_after_signal("60", 3600), 1U);
  EXPECT_EQ(units_after_signal("60", 15), 0U);  // the last 15 seconds of a job are for keeping what is done
  unsetenv("SLURM_JOB_END_TIME");
}

}  // namespace
}  // namespace dpsbench
