#include "toy/profile_analysis.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "metrics/statistics/paired.h"
#include "toy/wham.h"

namespace dpsbench {
namespace {

constexpr double level = 0.05;

/// The samples of each window that lie in the range, and the windows that have any.
struct InRange {
  std::vector<Tensor> points;  ///< [N_k], sorted
  Tensor centres;              ///< [K]
};

InRange in_range(const ToyExperiment& experiment, const Tensor& line, const Tensor& centres) {
  InRange kept;
  std::vector<std::int64_t> windows;
  for (std::int64_t k = 0; k < line.size(0); ++k) {
    const Tensor sorted = std::get<0>(line[k].sort());
    const Tensor inside = sorted.masked_select((sorted >= experiment.from) & (sorted < experiment.to));
    if (inside.numel() == 0) continue;
    kept.points.push_back(inside);
    windows.push_back(k);
  }
  kept.centres = centres.index_select(0, at::tensor(windows, at::kLong));
  return kept;
}

Tensor histogram_of(const Tensor& points, const Tensor& edges) {
  const Tensor cell = at::searchsorted(edges.narrow(0, 1, edges.size(0) - 2), points, false, true);
  return at::bincount(cell, {}, edges.size(0) - 1).to(at::kDouble);
}

/// Half the width of the central 95 % of bootstrap values [R] that are finite.
double half_width_of(const Tensor& values) {
  const Tensor finite = values.masked_select(values.isfinite());
  if (finite.numel() == 0) return std::nan("");
  const Tensor ends = at::quantile(finite, at::tensor({0.025, 0.975}, at::kDouble));
  return (ends[1] - ends[0]).item<double>() / 2;
}

void add_bootstrap(ProfileAnalysis& analysis, const Tensor& profiles, const ToyExperiment& experiment,
                   const ToyTruth& truth) {
  const Tensor ends = at::nanquantile(profiles, at::tensor({0.025, 0.975}, at::kDouble), 0);
  analysis.lower = ends[0];
  analysis.upper = ends[1];
  std::vector<double> rms;
  std::vector<double> greatest;
  for (std::int64_t r = 0; r < profiles.size(0); ++r) {
    const ProfileError error = profile_error(profiles[r], truth.profile, experiment.within);
    rms.push_back(error.root_mean_square);
    greatest.push_back(error.greatest);
  }
  analysis.rms_half_width = half_width_of(at::tensor(rms, at::kDouble));
  analysis.greatest_half_width = half_width_of(at::tensor(greatest, at::kDouble));
  const Tensor near = (truth.profile <= truth.profile.min() + experiment.within) & profiles.isfinite().all(0);
  analysis.noise = profiles.var(0).masked_select(near).mean().sqrt().item<double>();
  const auto depth = [&](std::int64_t bottom) {
    const Tensor height = analysis.profile[truth.well.barrier] - analysis.profile[bottom];
    return Uncertain{height.item<double>(),
                     half_width_of(profiles.select(1, truth.well.barrier) - profiles.select(1, bottom))};
  };
  analysis.first_well = depth(truth.well.first);
  analysis.second_well = depth(truth.well.second);
}

/// The profile by MBAR, from the same points.
Tensor mbar_profile(const ToyExperiment& experiment, const ToyTruth& truth, const InRange& kept,
                    const Tensor& free_energies) {
  const Tensor points = at::cat(kept.points);
  std::vector<double> counts;
  for (const Tensor& of_window : kept.points) counts.push_back(static_cast<double>(of_window.numel()));
  const WhamSolution solution =
      mbar(harmonic_bias(points, kept.centres, experiment.width), at::tensor(counts, at::kDouble), {}, free_energies);
  const Tensor bin = at::searchsorted(truth.edges.narrow(0, 1, experiment.bins - 1), points, false, true);
  return free_energy(at::zeros({experiment.bins}, at::kDouble).index_add(0, bin, solution.probabilities),
                     experiment.bin_width());
}

std::vector<WindowCheck> check_windows_of(const ToyExperiment& experiment, const ToyTruth& truth, const Tensor& line,
                                          const Tensor& centres) {
  const GaussianMixture mixture = toy_mixture(experiment);
  std::vector<WindowCheck> checks;
  std::vector<double> p_values;
  for (std::int64_t k = 0; k < line.size(0); ++k) {
    const double centre = centres[k].item<double>();
    const LineMixture law = window_law(mixture, experiment.coordinate, centre, experiment.width);
    const Tensor inside = line[k].masked_select((line[k] >= experiment.from) & (line[k] < experiment.to));
    checks.push_back(
        {.centre = centre,
         .fit = kolmogorov_smirnov(law.cdf(line[k])),
         .density = histogram_of(inside, truth.edges) / (static_cast<double>(line.size(1)) * experiment.bin_width()),
         .law = law.cdf(truth.edges).diff() / experiment.bin_width()});
    p_values.push_back(checks.back().fit.p_value);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t k = 0; k < checks.size(); ++k) checks[k].adjusted_p = adjusted[k];
  return checks;
}

PhiloxNoise bootstrap_noise(const ToyExperiment& experiment, const ToyMethod& method, std::size_t windows) {
  std::vector<StreamId> streams;
  for (std::size_t k = 0; k < windows; ++k)
    streams.push_back({experiment.name, fmt::format("bootstrap of {}", method.label), static_cast<std::int64_t>(k)});
  return {experiment.seed, streams};
}

}  // namespace

std::int64_t ProfileAnalysis::rejected() const {
  return std::count_if(windows.begin(), windows.end(), [](const WindowCheck& w) { return w.adjusted_p < level; });
}

double ProfileAnalysis::smallest_p() const {
  double least = 1;
  for (const WindowCheck& window : windows) least = std::min(least, window.adjusted_p);
  return least;
}

double ProfileAnalysis::greatest_d() const {
  double most = 0;
  for (const WindowCheck& window : windows) most = std::max(most, window.fit.statistic);
  return most;
}

ToyTruth toy_truth(const ToyExperiment& experiment) {
  ToyTruth truth;
  truth.edges = at::linspace(experiment.from, experiment.to, experiment.bins + 1, at::kDouble);
  truth.middles = (truth.edges.narrow(0, 0, experiment.bins) + truth.edges.narrow(0, 1, experiment.bins)) / 2;
  const Tensor mass = marginal(toy_mixture(experiment), experiment.coordinate).cdf(truth.edges).diff();
  truth.profile = free_energy(mass / mass.sum(), experiment.bin_width());
  truth.well = double_well_of(truth.profile);
  return truth;
}

ProfileAnalysis analyse_profile(const ToyExperiment& experiment, const ToyMethod& method, const ToyTruth& truth,
                                const Tensor& samples) {
  const Tensor line = samples.select(2, experiment.coordinate).to(at::kDouble).contiguous();
  const Tensor centres = window_centres(experiment, method);
  ProfileAnalysis analysis;
  analysis.windows = check_windows_of(experiment, truth, line, centres);
  const InRange kept = in_range(experiment, line, centres);
  const std::int64_t cells = experiment.bins * experiment.cells;
  const Tensor cell_edges = at::linspace(experiment.from, experiment.to, cells + 1, at::kDouble);
  std::vector<Tensor> histograms;
  for (const Tensor& points : kept.points) histograms.push_back(histogram_of(points, cell_edges));
  const WindowCounts counts{mean_harmonic_bias(cell_edges, kept.centres, experiment.width), at::stack(histograms)};
  analysis.outside = line.numel() - static_cast<std::int64_t>(counts.histograms.sum().item<double>());
  const auto profile_of = [&](const Tensor& probabilities) {
    return free_energy(probabilities.unflatten(-1, {experiment.bins, experiment.cells}).sum(-1),
                       experiment.bin_width());
  };
  const WhamSolution solution = wham(counts);
  analysis.iterations = solution.iterations;
  analysis.profile = profile_of(solution.probabilities);
  analysis.error = profile_error(analysis.profile, truth.profile, experiment.within);
  const Tensor resampled = bootstrap_wham(counts, solution, bootstrap_noise(experiment, method, kept.points.size()),
                                          experiment.resamples, {.tolerance = 1e-6});
  add_bootstrap(analysis, profile_of(resampled), experiment, truth);
  const Tensor binless = mbar_profile(experiment, truth, kept, solution.free_energies);
  analysis.mbar_error = profile_error(binless, truth.profile, experiment.within);
  const Tensor near = (truth.profile <= truth.profile.min() + experiment.within) & analysis.profile.isfinite();
  analysis.mbar_distance = (binless - analysis.profile).masked_select(near).abs().max().item<double>();
  return analysis;
}

}  // namespace dpsbench
