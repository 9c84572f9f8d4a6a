// Several ranks under mpirun: who does what, what a broken rank does to the others, what kills leave behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>

#include <random>
#include <sstream>
#include <thread>

#include "priors/weights/mapped_file.h"
#include "results/store/reader.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Ended dispatch_program(int ranks, const std::string& mode, int culprit = -1) {
  return run_program(
      under_mpirun(ranks, {std::string(DPSBENCH_BINARY_DIR) + "/dispatch_program", mode, std::to_string(culprit)}));
}

/// "unit U rank R" lines: how often each unit was done, and how many ranks did any.
struct Distribution {
  std::vector<int> times = std::vector<int>(12, 0);
  std::set<int> ranks;
};

Distribution distribution_of(const std::string& out) {
  Distribution found;
  std::istringstream stream(out);
  std::string word;
  std::size_t unit = 0;
  int rank = 0;
  while (stream >> word >> unit >> word >> rank) {
    ++found.times.at(unit);
    found.ranks.insert(rank);
  }
  return found;
}

class DispatchOverRanks : public testing::TestWithParam<int> {};

TEST_P(DispatchOverRanks, DoesEveryUnitOnceAndLetsEveryRankWork) {
  const Ended ended = dispatch_program(GetParam(), "even");

  EXPECT_EQ(ended.code, 0) << ended.err;
  const Distribution found = distribution_of(ended.out);
  EXPECT_THAT(found.times, testing::Each(1));
  EXPECT_EQ(found.ranks.size(), static_cast<std::size_t>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Ranks, DispatchOverRanks, testing::Values(1, 2, 3));

TEST(BrokenRank, ThatThrowsEndsTheJobWithItsNameAndReason) {
  for (const int culprit : {0, 2}) {
    const Ended ended = dispatch_program(3, "throw", culprit);

    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.err, HasSubstr(fmt::format("rank {}: the disk is full", culprit)));
  }
}

TEST(BrokenRank, ThatVanishesEndsTheJob) {
  const Ended ended = dispatch_program(3, "exit", 1);

  EXPECT_NE(ended.code, 0);
}

/// As where a launcher waits long before it ends the others: they are to notice by themselves, though whoever sends a
/// rank that is gone a message is kept waiting for the connection.
TEST(BrokenRank, ThatVanishesUnseenByItsLauncherEndsTheJob) {
  for (const int ranks : {2, 3}) {
    std::vector<std::string> words = under_mpirun(ranks, {DPSBENCH_BINARY_DIR "/dispatch_program", "exit", "1"});
    const std::vector<std::string> unseen = {
        "--enable-recovery", "--mca", "orte_abort_on_non_zero_status", "0", "--mca", "btl", "self,tcp"};
    words.insert(words.begin() + 1, unseen.begin(), unseen.end());
    words.insert(words.begin(), {"timeout", "-k", "1", "60"});
    const Ended ended = run_program(words);
    EXPECT_THAT(ended.err, HasSubstr(fmt::format("rank {}: rank 1 on ", 2 % ranks)));
    EXPECT_THAT(ended.err, HasSubstr("no sign of life for 2 s"));
  }
}

TEST(BrokenRank, ThatStandsStillEndsTheJobWithItsName) {
  for (const int culprit : {0, 1}) {
    const Ended ended = dispatch_program(3, "freeze", culprit);

    EXPECT_NE(ended.code, 0);
    EXPECT_THAT(ended.err, HasSubstr(fmt::format("rank {}: rank {} on ", (culprit + 1) % 3, culprit)));
    EXPECT_THAT(ended.err, HasSubstr("no sign of life for 2 s"));
  }
}

TEST(Start, OfARankThatStandsStillBeforeItJoinsEndsTheJob) {
  const TinyExperiment tiny;
  // rank 1 stops before it becomes dpsbench
  const std::string script = "[ \"$OMPI_COMM_WORLD_RANK\" != 1 ] || kill -STOP $$; exec \"$@\"";
  std::vector<std::string> words = {"sh", "-c", script, "sh"};
  const std::vector<std::string> run =
      dpsbench_words({"run", tiny.file(), "--output", tiny.output(), "--quiet", "--heartbeat", "1"});
  words.insert(words.end(), run.begin(), run.end());
  std::vector<std::string> all = under_mpirun(2, words);
  all.insert(all.begin(), {"timeout", "--kill-after=5", "120"});

  const Ended ended = run_program(all);

  EXPECT_THAT(ended.err, HasSubstr("not all ranks have started within 15 s (--heartbeat)"));
  EXPECT_EQ(ended.code, 1);
}

TEST(Start, OfProcessesThatDoNotKnowOfEachOtherSaysHowToStartThem) {
  const TinyExperiment tiny;
  const auto run = [&](const std::vector<std::string>& variables) {
    std::vector<std::string> words = {"env", "SLURM_JOB_ID=1"};
    words.insert(words.end(), variables.begin(), variables.end());
    const std::vector<std::string> own = dpsbench_words({"run", tiny.file(), "--output", tiny.output()});
    words.insert(words.end(), own.begin(), own.end());
    return run_program(words);
  };
  for (const std::vector<std::string>& strangers : std::vector<std::vector<std::string>>{
           {"SLURM_STEP_NUM_TASKS=3", "SLURM_NTASKS=3", "SLURM_STEP_ID=0", "SLURM_PROCID=0"},
           {"SLURM_NTASKS=3", "SLURM_STEP_ID=0", "SLURM_PROCID=0"},
           {"SLURM_NTASKS=3", "SLURM_PROCID=2"}}) {
    const Ended ended = run(strangers);
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("srun started 3 processes"), HasSubstr("srun --mpi=pmix")));
    EXPECT_FALSE(std::filesystem::exists(tiny.output()));
  }
  const Ended in_script = run({"SLURM_NTASKS=3", "SLURM_PROCID=0"});  // a batch script's own command
  EXPECT_EQ(in_script.code, 0) << in_script.err;
  EXPECT_THAT(in_script.err, HasSubstr("note: this job has 3 tasks"));
}

TEST(SuspendedJob, GoesOnAfterwards) {
  Process job(under_mpirun(2, {std::string(DPSBENCH_BINARY_DIR) + "/dispatch_program", "slow"}));
  while (job.running() && job.children().size() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(900));
  for (const int signal : {SIGSTOP, SIGCONT}) {
    for (const pid_t rank : job.children()) kill(rank, signal);
    if (signal == SIGSTOP) std::this_thread::sleep_for(std::chrono::milliseconds(3000));
  }
  const Ended ended = job.wait();

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(distribution_of(ended.out).times, testing::Each(1));
}

TEST(StoppedRank, EndsTheRunOnAllRanks) {
  for (const int culprit : {0, 1}) EXPECT_EQ(dispatch_program(3, "stop", culprit).code, 75);
}

std::vector<std::string> run_words(const TinyExperiment& tiny, const std::string& output) {
  return dpsbench_words({"run", tiny.file(), "--output", tiny.output(output), "--quiet"});
}

TEST(Ranks, OneTwoAndThreeGiveTheSameBits) {
  const TinyExperiment tiny;

  ASSERT_EQ(run_program(run_words(tiny, "alone")).code, 0);
  for (const int ranks : {1, 2, 3}) {
    const std::string output = fmt::format("ranks-{}", ranks);
    const Ended ended = run_program(under_mpirun(ranks, run_words(tiny, output)));
    ASSERT_EQ(ended.code, 0) << ended.err;
    expect_same_results(tiny.output("alone"), tiny.output(output));
  }
}

TEST(Ranks, AllEndWithTheSameCodeAndOneMessageWhenTheInputIsBad) {
  const TinyExperiment tiny;
  std::filesystem::remove(tiny.folder() / "mixture.safetensors");

  const Ended ended = run_program(under_mpirun(3, run_words(tiny, "bad")));

  EXPECT_EQ(ended.code, 2);
  const std::size_t first = ended.err.find("mixture.safetensors is not there");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(ended.err.find("mixture.safetensors is not there", first + 1), std::string::npos);
}

TEST(Ranks, AreToldOfMoreThreadsThanTheCoresTheyAreBoundTo) {
  cpu_set_t cores;
  ASSERT_EQ(sched_getaffinity(0, sizeof cores, &cores), 0);
  int core = 0;
  while (CPU_ISSET(core, &cores) == 0) ++core;
  for (const char* threads : {"1", "2"}) {
    const TinyExperiment tiny;
    std::vector<std::string> words = {"taskset", "-c", std::to_string(core)};
    for (const std::string& word : run_words(tiny, "bound")) words.push_back(word);
    words.back() = "--threads";  // in place of --quiet
    words.emplace_back(threads);
    const Ended ended = run_program(words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    const std::string warning = std::string(threads) + " threads a rank, but rank 0 may use only 1 core ";
    EXPECT_EQ(ended.err.find(warning) != std::string::npos, threads == std::string("2")) << ended.err;
  }
}

TEST(Ranks, GetTheirNumbersFromRankZeroAndAddThemUp) {
  const TinyExperiment tiny;
  const Ended ended =
      run_program(under_mpirun(3, {std::string(DPSBENCH_BINARY_DIR) + "/collectives_program", tiny.folder().string()}));

  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string digest = sha256_of_file((tiny.folder() / "mixture.safetensors").string());
  for (const int rank : {0, 1, 2}) EXPECT_THAT(ended.out, HasSubstr(fmt::format("rank {} holds {}\n", rank, digest)));
  EXPECT_THAT(ended.err, Not(HasSubstr("wrong")));
}

TEST(Ranks, SayTheMeansOfWhatTheyDid) {
  const TinyExperiment tiny;
  std::vector<std::string> words = run_words(tiny, "out");
  words.pop_back();  // --quiet
  const Ended ended = run_program(under_mpirun(2, words));

  const ResultsFile results(tiny.folder() / "out" / "results.h5");
  double sum = 0;
  double count = 0;
  for (const CellResult& cell : results.cells()) {
    sum += cell.metrics.at("psnr").sum().item<double>();
    count += static_cast<double>(cell.metrics.at("psnr").numel());
  }
  EXPECT_THAT(ended.err, HasSubstr(fmt::format("this job: {} images, on average psnr {:.4g}\n", count, sum / count)));
  EXPECT_THAT(ended.err, ContainsRegex("on 2 ranks, 2 x CPU, 1 thread; MPI, ready after [0-9.]+ s"));
}

/// SIGKILL to mpirun and all its ranks.
void kill_job(Process& job) {
  const std::vector<pid_t> ranks = job.children();
  kill(job.id(), SIGKILL);
  for (const pid_t rank : ranks) kill(rank, SIGKILL);
  job.wait();
}

/// Kills runs into `output` at random instants, with 1 to 3 ranks, until they were killed `most` times or one ended
/// first; then lets one end and compares its results with those of a run that nothing disturbed. Returns how often it
/// killed.
int kill_and_finish(const TinyExperiment& tiny, const std::string& output, std::mt19937& random, int most) {
  int kills = 0;
  while (kills < most) {
    Process job(under_mpirun(1 + kills % 3, run_words(tiny, output)));
    std::this_thread::sleep_for(std::chrono::milliseconds(500 + random() % 1100));
    if (!job.running()) break;
    kill_job(job);
    ++kills;
  }
  const Ended last = run_program(under_mpirun(2, run_words(tiny, output)));
  EXPECT_EQ(last.code, 0) << last.err;
  expect_same_results(tiny.output("alone"), tiny.output(output));
  return kills;
}

/// Spreads that many kills over as many outputs as it takes.
void expect_to_survive(int wanted, const std::string& steps, std::uint32_t seed) {
  const TinyExperiment tiny(12);
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: " + steps + "}");
  ASSERT_EQ(run_program(run_words(tiny, "alone")).code, 0);
  std::mt19937 random(seed);
  int kills = 0;
  for (int round = 0; kills < wanted && !testing::Test::HasFailure(); ++round)
    kills += kill_and_finish(tiny, fmt::format("killed-{}", round), random, wanted - kills);
}

TEST(Kills, TenLeaveNothingThatAResumeDoesNotMend) { expect_to_survive(10, "[400, 300]", 20240601); }

// Minutes long: ctest -C slow -L slow
TEST(Kills, DISABLED_AHundredLeaveNothingThatAResumeDoesNotMend) { expect_to_survive(100, "[1000, 900]", 20240602); }

TEST(Signals, StopARunThatResumes) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [1000, 900]}");
  for (const int signal : {SIGTERM, SIGUSR2}) {
    const std::string output = fmt::format("signal-{}", signal);
    Process job(run_words(tiny, output));
    while (job.running() && !std::filesystem::exists(std::filesystem::path(tiny.output(output)) / "units"))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    kill(job.id(), signal);
    const Ended ended = job.wait();
    EXPECT_EQ(ended.code, 75);
    EXPECT_THAT(ended.err, HasSubstr("run the same command again to resume"));
  }
}

}  // namespace
}  // namespace dpsbench
