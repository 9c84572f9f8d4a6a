// Several jobs at one output folder, and what comes between a job and its folder from outside.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/output_lock.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace testing_support;

class SharedOutput : public ::testing::Test {
 protected:
  SharedOutput() : out_(tiny_.output("out")) { fs::create_directory(out_); }
  [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = dpsbench_words({"run", tiny_.file(), "--output", out_.string(), "--quiet"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// So many steps that a job can be stopped among them.
  void make_long() const { tiny_.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [300, 280]}"); }
  /// Waits until a unit is there, and stops the job.
  void stop_among_units(Process& job) const {
    while (job.running() && UnitStore(out_).present().empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(job.running());
    kill(job.id(), SIGSTOP);
  }
  /// A lock of a job on another host, where the file system offers no locks; `age`: since the holder touched it.
  void lock_from_elsewhere(std::chrono::minutes age) const {
    write_text(out_ / ".lock", "elsewhere 17\nprocess 17 on elsewhere, since noon, job 4711\n0 4711\n");
    fs::last_write_time(out_ / ".lock", fs::file_time_type::clock::now() - age);
  }

  TinyExperiment tiny_;
  fs::path out_;
};

TEST_F(SharedOutput, LeavesResultsToTheReportIfAsked) {
  const Ended apart = run_program(words({"--no-consolidate"}));
  EXPECT_EQ(apart.code, 0) << apart.err;
  EXPECT_FALSE(fs::exists(results_path(out_)));

  const Ended report = run_program(dpsbench_words({"report", out_.string()}));
  EXPECT_EQ(report.code, 0) << report.err;
  const Ended whole = run_program(dpsbench_words({"run", tiny_.file(), "--output", tiny_.output("whole"), "--quiet"}));
  EXPECT_EQ(whole.code, 0) << whole.err;
  expect_same_results(out_.string(), tiny_.output("whole"));
}

TEST_F(SharedOutput, IsNotWaitedForWithoutAWord) {
  const OutputTurn turn(out_, {"that puts results together"});

  const Ended refused = run_program(words());

  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("waiting: "), HasSubstr(fmt::format("in use by process {} on ", getpid())),
                                 HasSubstr("job that puts results together")));
}

TEST_F(SharedOutput, IsWaitedForUntilASignal) {
  const OutputTurn turn(out_);
  Process waiting(words({"--wait", "1000"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  while (waiting.running() && waiting.error_so_far().find("waiting: ") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));

  kill(waiting.id(), SIGTERM);

  EXPECT_EQ(waiting.wait().code, 75);
}

TEST_F(SharedOutput, ASignalWhileAnotherPutsResultsTogetherLeavesThatToTheNextRun) {
  make_long();
  Process job(words());
  stop_among_units(job);
  auto turn = std::make_unique<OutputTurn>(out_);
  kill(job.id(), SIGCONT);
  while (job.running() && job.error_so_far().find("waiting: ") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  kill(job.id(), SIGTERM);

  const Ended ended = job.wait();

  EXPECT_EQ(ended.code, 75) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the results are not put together; run the same command again"));
  turn.reset();
  EXPECT_EQ(run_program(words()).code, 0);
  EXPECT_TRUE(fs::exists(results_path(out_)));
}

TEST_F(SharedOutput, WorkThatIsGoneIsAnError) {
  make_long();
  Process job(words());
  stop_among_units(job);
  const fs::path unit = UnitStore(out_).unit_path(UnitStore(out_).present().front());
  fs::remove(unit);
  kill(job.id(), SIGCONT);

  const Ended ended = job.wait();

  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("1 of the units that were done are gone"), HasSubstr(unit.string())));
  EXPECT_EQ(run_program(words()).code, 0);
  EXPECT_TRUE(verify(out_).sound());
}

TEST_F(SharedOutput, AnOutputThatIsGoneIsAnError) {
  make_long();
  Process job(words());
  stop_among_units(job);
  fs::remove_all(out_);
  kill(job.id(), SIGCONT);

  const Ended ended = job.wait();

  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("manifest.json is gone: was the output deleted while the job ran?"));
}

TEST_F(SharedOutput, WithoutLocksALiveHolderOnAnotherHostIsRespected) {
  lock_from_elsewhere(std::chrono::minutes(3));
  const Ended refused = run_program(with_fault("no_locks", words()));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("in use by process 17 on elsewhere, since noon, job 4711"));
}

TEST_F(SharedOutput, WithoutLocksALostNodeHoldsItForMinutesOnly) {
  lock_from_elsewhere(std::chrono::minutes(5));
  const Ended ended = run_program(with_fault("no_locks", words()));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(read_text(out_ / ".lock"), "");
}

TEST_F(SharedOutput, WithoutLocksAJobThatIsBegunAgainTakesItsOwnLockOver) {
  lock_from_elsewhere(std::chrono::minutes(0));
  std::vector<std::string> again = with_fault("no_locks", words());
  again.insert(again.begin() + 1, {"SLURM_JOB_ID=4711", "SLURM_RESTART_COUNT=1"});
  const Ended ended = run_program(again);
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(SharedOutput, CallsThatASignalInterruptsAreMadeAgain) {
  const Ended ended = run_program(with_fault("interrupted", words()));
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(verify(out_).sound());
}

TEST_F(SharedOutput, LinksInItAreNotFollowed) {
  const fs::path other = tiny_.folder() / "other";
  write_text(other, "somebody's text");
  fs::create_symlink(other, out_ / ".lock");
  const Ended refused = run_program(words());
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr(".lock: cannot open: it is a link: delete it"));
  fs::remove(out_ / ".lock");
  for (const char* name : {"manifest.json", "results.h5"}) fs::create_symlink(other, out_ / name);
  EXPECT_EQ(run_program(words()).code, 0);
  EXPECT_EQ(read_text(other), "somebody's text");
  EXPECT_FALSE(fs::is_symlink(results_path(out_)));
}

TEST_F(SharedOutput, ALimitOnTheSizeOfFilesIsToldByTheFile) {
  std::string command = "ulimit -f 20; exec";
  for (const std::string& word : words()) command += " '" + word + "'";
  const Ended ended = run_program({"bash", "-c", command});
  EXPECT_THAT(ended.code, ::testing::AnyOf(1, 2)) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr(out_.string()), HasSubstr("File too large")));
  EXPECT_EQ(run_program(words()).code, 0);
  EXPECT_TRUE(verify(out_).sound());
}

}  // namespace
}  // namespace dpsbench
