#include "toy/wham.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "toy/free_energy.h"

namespace dpsbench {
namespace {

constexpr double width = 0.4;

/// Two normal laws on a line: 0.4 N(-1, 0.5^2) + 0.6 N(1, 0.4^2), and what umbrella sampling makes of them.
Tensor law_between(const Tensor& edges) {
  const Tensor cdf = at::special_ndtr((edges + 1) / 0.5) * 0.4 + at::special_ndtr((edges - 1) / 0.4) * 0.6;
  return cdf.diff();
}

Tensor centres() { return at::linspace(-2, 2, 9, at::kDouble); }
Tensor edges(std::int64_t cells) { return at::linspace(-2.5, 2.5, cells + 1, at::kDouble); }

std::vector<StreamId> nine_streams() {
  std::vector<StreamId> streams;
  for (int k = 0; k < 9; ++k) streams.push_back({"wham", std::to_string(k), 0});
  return streams;
}

/// n samples of each window, exactly: x in window k follows p(x) exp(-(x - c_k)^2 / (2 width^2)), again two normal
/// laws.
Tensor window_samples(std::int64_t n, std::uint64_t seed) {
  const PhiloxNoise noise(seed, nine_streams());
  const Tensor c = centres().unsqueeze(1);
  const Tensor means = at::tensor({-1.0, 1.0}, at::kDouble);
  const Tensor variances = at::tensor({0.25, 0.16}, at::kDouble);
  const Tensor total = variances + width * width;  // [2]
  const Tensor log_weights =
      at::tensor({0.4, 0.6}, at::kDouble).log() - (c - means).square() / (2 * total) - total.log() / 2;  // [9, 2]
  const Tensor of_mean = (means * width * width + c * variances) / total;
  const Tensor deviation = (variances * width * width / total).sqrt();
  const Tensor first = noise.uniform(Purpose::inner, 0, {n}, at::kDouble) < log_weights.softmax(1).narrow(1, 0, 1);
  const Tensor z = noise.normal(Purpose::inner, 1, {n}, at::kDouble);
  return at::where(first, of_mean.narrow(1, 0, 1) + z * deviation[0], of_mean.narrow(1, 1, 1) + z * deviation[1]);
}

Tensor histograms_of(const Tensor& samples, const Tensor& cell_edges) {
  std::vector<Tensor> rows;
  for (std::int64_t k = 0; k < samples.size(0); ++k) rows.push_back(std::get<0>(at::histogram(samples[k], cell_edges)));
  return at::stack(rows);
}

TEST(MeanHarmonicBias, IsTheAverageOverEachCell) {
  const Tensor cells = at::tensor({-3.0, -1.0, -0.2, 0.1, 2.0, 5.0}, at::kDouble);
  const Tensor centre = at::tensor({0.3, -2.0}, at::kDouble);
  const Tensor found = mean_harmonic_bias(cells, centre, width);
  for (std::int64_t k = 0; k < 2; ++k)
    for (std::int64_t i = 0; i < 5; ++i) {
      const double a = cells[i].item<double>();
      const double h = (cells[i + 1].item<double>() - a) / 20000;
      const Tensor middle = at::arange(20000, at::kDouble) * h + (a + h / 2);
      const double mean = harmonic_bias(middle, centre, width)[k].mean().item<double>();
      EXPECT_NEAR(found[k][i].item<double>() / mean, 1, 1e-6) << k << " " << i;
    }
}

TEST(MeanHarmonicBias, KeepsItsAccuracyFarFromTheCentre) {
  const Tensor found = mean_harmonic_bias(at::tensor({8.0, 8.000001}, at::kDouble), at::zeros({1}, at::kDouble), 1);
  EXPECT_NEAR(found.item<double>() / std::exp(-32.000004), 1, 1e-6);
}

// With the expected counts of each window in place of drawn ones, WHAM must find the law itself: for a density that is
// constant within cells (its premise) to rounding.
TEST(Wham, RecoversTheLawFromItsExpectedCounts) {
  const Tensor cells = edges(50);
  const Tensor law = law_between(cells) / law_between(cells).sum();
  const Tensor bias = mean_harmonic_bias(cells, centres(), width);
  const Tensor expected = bias * law / (bias * law).sum(1, true) * at::linspace(500, 900, 9, at::kDouble).unsqueeze(1);

  const WhamSolution found = wham({bias, expected}, {.tolerance = 1e-12});

  EXPECT_LT((found.probabilities / law - 1).abs().max().item<double>(), 1e-9);
  const Tensor f = -(bias * law).sum(1).log();
  EXPECT_LT((found.free_energies - (f - f[0])).abs().max().item<double>(), 1e-9);
}

TEST(Wham, IsWithinItsStatisticalErrorOnDrawnHistograms) {
  const std::int64_t n = 20000;
  const Tensor cells = edges(500);
  const WindowCounts counts{mean_harmonic_bias(cells, centres(), width), histograms_of(window_samples(n, 5), cells)};
  const Tensor truth = free_energy((law_between(cells) / law_between(cells).sum()).view({50, 10}).sum(1), 0.1);

  const WhamSolution solution = wham(counts);
  const auto profile = [](const Tensor& p) { return free_energy(p.unflatten(-1, {50, 10}).sum(-1), 0.1); };
  const Tensor found = profile(solution.probabilities);
  const Tensor deviation = profile(bootstrap_wham(counts, solution, PhiloxNoise(2, nine_streams()), 80)).std(0);

  const ProfileError error = profile_error(found, truth, 6);
  EXPECT_GT(error.bins, 40);
  EXPECT_EQ(error.empty, 0);
  EXPECT_LT(error.root_mean_square, 0.05);
  const Tensor deviates = ((found - truth) / deviation).masked_select(truth < truth.min() + 6);
  EXPECT_LT(deviates.abs().max().item<double>(), 4);
  EXPECT_GT(deviates.square().mean().item<double>(), 0.2);  // the bootstrap does not exaggerate
}

TEST(Wham, SolvesItsEquationsInAFewSteps) {
  const Tensor cells = edges(200);
  const Tensor bias = mean_harmonic_bias(cells, centres(), width);
  const Tensor histograms = histograms_of(window_samples(4000, 9), cells);
  const WhamSolution found = wham({bias, histograms}, {.tolerance = 1e-12});

  const Tensor samples = histograms.sum(1);
  const Tensor p = histograms.sum(0) / at::mv(bias.t(), samples * found.free_energies.exp());
  const Tensor again = -at::mv(bias, p).log();
  EXPECT_LT((again - again[0] - found.free_energies).abs().max().item<double>(), 1e-11);
  EXPECT_LT(found.iterations, 20);  // hundreds without Newton's steps
}

TEST(Wham, AgreesWithMbarAsCellsGrowNarrow) {
  const std::int64_t n = 2000;
  const Tensor samples = window_samples(n, 6);
  const Tensor fine = at::linspace(-6, 6, 6001, at::kDouble);
  const WhamSolution binned =
      wham({mean_harmonic_bias(fine, centres(), width), histograms_of(samples, fine)}, {.tolerance = 1e-10});
  const WhamSolution binless =
      mbar(harmonic_bias(samples.flatten(), centres(), width), at::full({9}, n, at::kDouble), {.tolerance = 1e-10});
  EXPECT_LT((binned.free_energies - binless.free_energies).abs().max().item<double>(), 3e-4);  // cells of 0.002
  EXPECT_NEAR(binless.probabilities.sum().item<double>(), 1, 1e-12);
}

TEST(Mbar, OfOneUnbiasedWindowWeighsAllSamplesAlike) {
  const WhamSolution found = mbar(at::ones({1, 40}, at::kDouble), at::full({1}, 40, at::kDouble));
  EXPECT_LT((found.probabilities - 1.0 / 40).abs().max().item<double>(), 1e-15);
}

TEST(Wham, RefusesWhatCannotBeSolved) {
  const Tensor bias = at::ones({2, 3}, at::kDouble);
  EXPECT_THROW((void)wham({bias, at::ones({2, 4}, at::kDouble)}), Error);
  EXPECT_THROW((void)wham({bias, at::stack({at::zeros({3}), at::ones({3})})}), Error);
  Tensor blind = bias.clone();
  blind.select(1, 2).zero_();
  EXPECT_THROW((void)wham({blind, at::ones({2, 3})}), Error);
  const Tensor cells = edges(50);
  EXPECT_THROW((void)wham({mean_harmonic_bias(cells, centres(), width), histograms_of(window_samples(50, 1), cells)},
                          {.tolerance = 1e-12, .most_iterations = 3}),
               NumericError);
}

TEST(BootstrapWham, HasTheSpreadOfRepeatedExperiments) {
  const std::int64_t n = 2000;
  const Tensor cells = edges(50);
  const Tensor bias = mean_harmonic_bias(cells, centres(), width);
  std::vector<Tensor> repeated;
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    repeated.push_back(wham({bias, histograms_of(window_samples(n, 100 + seed), cells)}).probabilities.log());
  const WindowCounts counts{bias, histograms_of(window_samples(n, 7), cells)};

  const Tensor resampled = bootstrap_wham(counts, wham(counts), PhiloxNoise(1, nine_streams()), 60).log();

  // standard deviations of 60 values are known to 9 %; over 40 bins their mean ratio is better than that
  const Tensor inner = at::arange(5, 45, at::kLong);
  const Tensor ratio = (resampled.std(0) / at::stack(repeated).std(0)).index_select(0, inner);
  EXPECT_NEAR(ratio.mean().item<double>(), 1, 0.1);
  EXPECT_EQ(resampled.sizes(), (std::vector<std::int64_t>{60, 50}));
}

TEST(BootstrapWham, IsTheSameForTheSameStreams) {
  const Tensor cells = edges(20);
  const WindowCounts counts{mean_harmonic_bias(cells, centres(), width), histograms_of(window_samples(300, 8), cells)};
  const WhamSolution solution = wham(counts);
  EXPECT_TRUE(at::equal(bootstrap_wham(counts, solution, PhiloxNoise(3, nine_streams()), 3),
                        bootstrap_wham(counts, solution, PhiloxNoise(3, nine_streams()), 3)));
  EXPECT_THROW((void)bootstrap_wham(counts, solution, PhiloxNoise(3, {{"one", "stream", 0}}), 3), Error);
}

}  // namespace
}  // namespace dpsbench
