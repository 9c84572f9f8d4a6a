#include "toy/window_sampler.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/message_of.h"
#include "tests/toy/small_toy.h"
#include "toy/profile_analysis.h"

namespace dpsbench {
namespace {

using testing_support::small_toy;

Tensor all_samples(const ToyExperiment& toy) {
  const WindowSampler sampler(toy);
  SilentObserver silent;
  Tensor samples = at::empty({toy.methods[0].windows, toy.methods[0].samples, toy.dimension()}, at::kDouble);
  for (const ToyUnit& unit : toy_units(toy))
    samples[unit.window].narrow(0, unit.first, unit.count).copy_(sampler.sample(unit, silent));
  return samples;
}

ProfileAnalysis analysis_of(const ToyExperiment& toy) {
  return analyse_profile(toy, toy.methods[0], toy_truth(toy), all_samples(toy));
}

TEST(ToyUnits, CoverEverySampleOnce) {
  const std::vector<ToyUnit> units = toy_units(small_toy("exact", 10, 3, 1100));
  std::int64_t samples = 0;
  for (const ToyUnit& unit : units) {
    EXPECT_LE(unit.count, 500);
    samples += unit.count;
  }
  EXPECT_EQ(samples, 3300);
  EXPECT_EQ(units.size(), 9U);
}

TEST(WindowSampler, GivesASampleTheSameNumbersInAnyBlock) {
  for (const char* method : {"exact", "dps", "dps-w", "inpainting-isotropic"}) {
    ToyExperiment toy = small_toy(method, 25, 3, 40);
    const Tensor at_once = all_samples(toy);
    toy.batch = 7;
    EXPECT_LT((all_samples(toy) - at_once).abs().max().item<double>(), 1e-9) << method;
  }
}

// 300 steps leave each window's deviation about 4 % short: too little for 1000 samples to tell
TEST(WindowSampler, SamplesTheWindowsLawWithTheExactScore) {
  const ProfileAnalysis analysis = analysis_of(small_toy("exact", 300, 5, 1000));
  EXPECT_EQ(analysis.rejected(), 0);
}

TEST(WindowSampler, OfDpsIsSeenToMissTheLaw) { EXPECT_GT(analysis_of(small_toy("dps", 300, 5, 1000)).rejected(), 3); }

TEST(WindowSampler, NamesMethodAndWindowWhenNumbersOverflow) {
  ToyExperiment toy = small_toy("dps", 20, 3, 10);
  toy.methods[0].options = OptionValues(toy.methods[0].entry->options, {{"steps", std::int64_t{20}}, {"scale", 1e300}});
  const WindowSampler sampler(toy);
  SilentObserver silent;
  const auto sample = [&] { (void)sampler.sample({0, 1, 0, 10}, silent); };
  EXPECT_EQ(message_of<NumericError>(sample), "dps: the samples of window 1 (centre 0) left the finite numbers");
}

}  // namespace
}  // namespace dpsbench
