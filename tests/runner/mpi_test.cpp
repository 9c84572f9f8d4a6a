// Several ranks under mpirun: who does what, what a broken rank does to the others, what kills leave behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <random>
#include <sstream>
#include <thread>

#include "results/reader.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;

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
    EXPECT_LT(ended.seconds, 10);
    EXPECT_THAT(ended.err, HasSubstr(fmt::format("rank {}: the disk is full", culprit)));
  }
}

TEST(BrokenRank, ThatVanishesEndsTheJob) {
  const Ended ended = dispatch_program(3, "exit", 1);

  EXPECT_NE(ended.code, 0);
  EXPECT_LT(ended.seconds, 10);
}

TEST(StoppedRank, EndsTheRunOnAllRanks) {
  for (const int culprit : {0, 1}) EXPECT_EQ(dispatch_program(3, "stop", culprit).code, 75);
}

std::vector<std::string> run_words(const TinyExperiment& tiny, const std::string& output) {
  return dpsbench_words({"run", tiny.file(), "--output", tiny.output(output), "--quiet"});
}

/// Every data set of every cell, bit by bit.
void expect_same_results(const std::filesystem::path& a, const std::filesystem::path& b) {
  const ResultsFile of_a(a / "results.h5");
  const ResultsFile of_b(b / "results.h5");
  ASSERT_EQ(of_a.cells().size(), of_b.cells().size());
  for (std::size_t k = 0; k < of_a.cells().size(); ++k) {
    const CellResult& cell_a = of_a.cells()[k];
    const CellResult& cell_b = of_b.cells()[k];
    EXPECT_EQ(cell_a.id, cell_b.id);
    EXPECT_EQ(cell_a.image_ids, cell_b.image_ids);
    for (const char* name : {"reference", "measurement", "measurement_picture", "samples", "trajectory", "step_size"}) {
      ASSERT_EQ(of_a.has(cell_a, name), of_b.has(cell_b, name)) << name;
      if (!of_a.has(cell_a, name)) continue;
      EXPECT_TRUE(at::equal(of_a.read(cell_a, name), of_b.read(cell_b, name))) << cell_a.id << " " << name;
    }
    for (const auto& [name, values] : cell_a.metrics) EXPECT_TRUE(at::equal(values, cell_b.metrics.at(name))) << name;
  }
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

/// SIGKILL to mpirun and all its ranks.
void kill_job(Process& job) {
  const std::vector<pid_t> ranks = job.children();
  kill(job.id(), SIGKILL);
  for (const pid_t rank : ranks) kill(rank, SIGKILL);
  job.wait();
}

TEST(Kills, LeaveNothingThatAResumeDoesNotMend) {
  const TinyExperiment tiny(12);
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [400, 300]}");
  ASSERT_EQ(run_program(run_words(tiny, "alone")).code, 0);

  std::mt19937 random(20240601);
  int kills = 0;
  bool finished = false;
  while (kills < 10 && !finished) {
    Process job(under_mpirun(1 + kills % 3, run_words(tiny, "killed")));
    std::this_thread::sleep_for(std::chrono::milliseconds(700 + random() % 900));
    finished = !job.running();
    if (finished) continue;
    kill_job(job);
    ++kills;
  }
  Ended last = run_program(under_mpirun(2, run_words(tiny, "killed")));

  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_GE(kills, 5) << "the work was over too soon for this test to mean much";
  expect_same_results(tiny.output("alone"), tiny.output("killed"));
}

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
