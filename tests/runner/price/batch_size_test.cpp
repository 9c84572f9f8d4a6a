#include "runner/price/batch_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/store/manifest.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::HasSubstr;

Ended run_auto(const TinyExperiment& tiny, const std::string& output, const std::string& batch, int ranks = 1) {
  const auto words = dpsbench_words({"run", tiny.file(), "--output", tiny.output(output), "--set", "batch=" + batch});
  return run_program(ranks == 1 ? words : under_mpirun(ranks, words));
}

TEST(BatchSize, LeavesAFifthOfTheMemoryAndIsNeverBelowOne) {
  EXPECT_EQ(batch_that_fits(10e9, 1e9, 64), 8);
  EXPECT_EQ(batch_that_fits(10e9, 1e9, 4), 4);
  EXPECT_EQ(batch_that_fits(1e9, 1e9, 64), 1);
  EXPECT_EQ(batch_that_fits(1e30, 0, 64), 64);
}

TEST(BatchSize, IsTheSmallestThatIsNearlyAsFastAsAny) {
  const auto saturating = [](double half) {
    return [half](std::int64_t batch) { return static_cast<double>(batch) / (static_cast<double>(batch) + half); };
  };
  EXPECT_EQ(batch_of_rate(saturating(0.5), 64), 8);  // 0.94 of one image's, 0.97 of 16's
  EXPECT_EQ(batch_of_rate(saturating(0), 64), 1);
  EXPECT_EQ(batch_of_rate(saturating(100), 16), 16);
  EXPECT_EQ(batch_of_rate(saturating(100), 3), 2);
}

TEST(BatchSize, LeavesEveryRankEightUnits) {
  EXPECT_EQ(batch_for_ranks(5350 * 8, 32), 167);
  EXPECT_EQ(batch_for_ranks(1000, 32), 3);
  EXPECT_EQ(batch_for_ranks(24, 32), 1);
}

TEST(BatchSize, ThatIsNeitherANumberNorAutoIsRefused) {
  const TinyExperiment tiny;

  const Ended ended = run_auto(tiny, "out", "much");

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("batch: 'much' is not allowed; allowed: auto, or a whole number from 1 to 4096"));
}

TEST(BatchSize, OfANetworkShrinksWithTheRanksThatShareTheMachine) {
  const Experiment experiment = read_experiment(DPSBENCH_SOURCE_DIR "/experiments/quickstart.yaml");
  const Plan plan = make_plan(experiment, {3, 32, 32}, std::int64_t{24});
  const auto prior = make_prior(experiment.prior, at::kFloat);

  EXPECT_EQ(chosen_by_device(experiment, plan, *prior, 1, 1), default_batch);
  EXPECT_EQ(chosen_by_device(experiment, plan, *prior, 1 << 24, 1 << 24), 1);
}

TEST(BatchSize, IsTheSameOnAllRanks) {
  const TinyExperiment tiny(9);

  const Ended alone = run_auto(tiny, "alone", "auto");
  const Ended together = run_auto(tiny, "together", "auto", 2);
  const Ended fixed = run_auto(tiny, "fixed", "8");

  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_EQ(together.code, 0) << together.err;
  expect_same_results(tiny.output("alone"), tiny.output("together"));
  expect_same_results(tiny.output("alone"), tiny.output("fixed"));
  EXPECT_EQ(fixed.code, 0) << fixed.err;
}

TEST(BatchSize, OfAnOutputThatHasBegunStays) {
  const TinyExperiment tiny;

  const Ended begun = run_auto(tiny, "out", "4");
  const Ended resumed = run_auto(tiny, "out", "auto");

  EXPECT_EQ(begun.code, 0) << begun.err;
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("units of up to 4 images; 0 to do"));
  EXPECT_THAT(read_manifest(tiny.output("out")).experiment_text, HasSubstr("batch: 4"));
}

}  // namespace
}  // namespace dpsbench
