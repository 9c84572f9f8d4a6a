#include "toy/profile_analysis.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "results/hdf5/file.h"
#include "tests/toy/small_toy.h"
#include "toy/figures.h"
#include "toy/store.h"
#include "toy/table.h"

namespace dpsbench {
namespace {

using testing_support::small_toy;

/// Independent samples of every window from its closed form, [windows, samples, 2].
Tensor exact_draws(const ToyExperiment& toy) {
  const ToyMethod& method = toy.methods[0];
  const GaussianMixture mixture = toy_mixture(toy);
  const Tensor measures = at::tensor({1.0, 0.0}, at::kDouble).unsqueeze(0);
  std::vector<Tensor> windows;
  for (std::int64_t k = 0; k < method.windows; ++k) {
    std::vector<StreamId> streams;
    for (std::int64_t n = 0; n < method.samples; ++n) streams.push_back({"draws", std::to_string(k), n});
    const Tensor centre = window_centres(toy, method)[k].reshape({1});
    windows.push_back(
        linear_posterior(mixture, measures, centre, toy.width).sample(PhiloxNoise(5, streams), Purpose::inner));
  }
  return at::stack(windows);
}

ProfileAnalysis analysis_of_draws(const ToyExperiment& toy) {
  return analyse_profile(toy, toy.methods[0], toy_truth(toy), exact_draws(toy));
}

TEST(ToyTruth, FindsTheWellsOfTheMixture) {
  const ToyTruth truth = toy_truth(small_toy("exact", 10, 2, 10));
  EXPECT_NEAR(truth.middles[truth.well.first].item<double>(), -1.2, 0.06);
  EXPECT_NEAR(truth.middles[truth.well.second].item<double>(), 1.2, 0.06);
  EXPECT_NEAR((-truth.profile).exp().sum().item<double>() * 0.1, 1, 1e-12);
}

TEST(ToyTruth, RefusesARangeWithOneWell) {
  ToyExperiment toy = small_toy("exact", 10, 2, 10);
  toy.from = 0.2;
  EXPECT_THROW((void)toy_truth(toy), Error);
}

TEST(AnalyseProfile, FindsTheProfileFromExactDraws) {
  const ToyExperiment toy = small_toy("exact", 10, 9, 8000);
  const ToyTruth truth = toy_truth(toy);

  const ProfileAnalysis analysis = analysis_of_draws(toy);

  EXPECT_EQ(analysis.error.empty, 0);
  EXPECT_LT(analysis.error.root_mean_square, 2 * analysis.noise);
  EXPECT_GT(analysis.error.root_mean_square, 0.3 * analysis.noise);
  EXPECT_LT(analysis.noise, 0.04);
  EXPECT_LT(analysis.mbar_distance, 0.02);  // WHAM's cells are 0.02 wide
  EXPECT_EQ(analysis.rejected(), 0);
  const double height = (truth.profile[truth.well.barrier] - truth.profile[truth.well.first]).item<double>();
  EXPECT_NEAR(analysis.first_well.value, height, 2 * analysis.first_well.half_width);
  EXPECT_TRUE((analysis.lower <= analysis.upper).all().item<bool>());
}

TEST(AnalyseProfile, LeavesOutSamplesOutsideTheRange) {
  const ToyExperiment toy = small_toy("exact", 10, 5, 500);
  Tensor samples = exact_draws(toy);
  const std::int64_t before = analysis_of_draws(toy).outside;
  samples[2].narrow(0, 0, 10).select(1, 0).fill_(7);
  EXPECT_EQ(analyse_profile(toy, toy.methods[0], toy_truth(toy), samples).outside, before + 10);
}

TEST(ToyReport, HasARowForEachMethodAndTheClosedForm) {
  const ToyExperiment toy = small_toy("exact", 10, 5, 500);
  const ToyTruth truth = toy_truth(toy);
  const std::vector<ProfileAnalysis> analyses = {analysis_of_draws(toy)};
  const Table table = toy_error_table(toy, truth, analyses);
  ASSERT_EQ(table.sections[0].rows.size(), 2U);
  for (const auto& row : table.sections[0].rows) EXPECT_EQ(row.size(), table.columns.size());
  EXPECT_EQ(table.sections[0].rows[1][0].text, "exact");
  EXPECT_EQ(toy_window_table(toy, analyses).sections[0].rows.size(), 5U);
  EXPECT_EQ(windows_figure(toy, toy.methods[0], truth, analyses[0]).series.size(), 10U);
  EXPECT_EQ(profile_figure(toy, truth, analyses).series.back().title, "closed form");
}

TEST(ToyStore, KeepsSamplesByMethodAndWindow) {
  const ToyExperiment toy = small_toy("exact", 10, 3, 200);
  const Tensor samples = exact_draws(toy);
  const auto file = std::filesystem::temp_directory_path() / fmt::format("toy-store-{}.h5", ::getpid());
  store_toy(file, toy, "name: small", toy_truth(toy), {analysis_of_draws(toy)}, {samples});
  {
    const hdf5::File stored = hdf5::File::open(file);
    const hdf5::Group window = stored.root().group("windows").group("exact").group("2");
    EXPECT_TRUE(at::equal(window.read("samples"), samples[2]));
    EXPECT_EQ(std::get<double>(window.attributes().at("centre")), 2.0);
    EXPECT_EQ(stored.root().group("profiles").group("exact").read("free_energy").numel(), 40);
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace dpsbench
