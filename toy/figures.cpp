#include "toy/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "priors/mixture/prior.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// Windows in turn along the coordinate: neighbours must differ.
constexpr std::array<const char*, 4> window_colours = {"#0072B2", "#E69F00", "#009E73", "#CC79A7"};

constexpr std::int64_t shown_samples = 100;
constexpr double deepest = 14;  // kT below the density's top that still has a colour

std::vector<double> numbers(const Tensor& tensor) {
  const Tensor values = tensor.to(at::kDouble).contiguous();
  return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

/// The mixture of two of its coordinates.
GaussianMixture in_plane(const GaussianMixture& mixture, std::int64_t across, std::int64_t up) {
  const Tensor kept = at::tensor({across, up}, at::kLong);
  return GaussianMixture::of_covariances(mixture.log_weights, mixture.means.index_select(1, kept),
                                         mixture.covariances().index_select(1, kept).index_select(2, kept));
}

/// The outline of a histogram: both ends of each bin.
Series outline(const ToyTruth& truth, const Tensor& heights) {
  const std::int64_t bins = heights.size(0);
  return {.title = "",
          .x = numbers(at::stack({truth.edges.narrow(0, 0, bins), truth.edges.narrow(0, 1, bins)}, 1)),
          .y = numbers(at::stack({heights, heights}, 1)),
          .lower = {},
          .upper = {},
          .style = SeriesStyle::area};
}

/// Bins of a profile that are near the closed form's minimum; elsewhere NaN, which is not drawn.
Tensor shown(const ToyExperiment& experiment, const ToyTruth& truth, const Tensor& values, double margin) {
  const Tensor near = truth.profile <= truth.profile.min() + experiment.within + margin;
  return at::where(near & values.isfinite(), values, at::full_like(values, std::nan("")));
}

/// Histograms of more windows than these would hide each other: every second or third is shown.
constexpr std::size_t most_windows_shown = 13;

}  // namespace

Figure density_figure(const ToyExperiment& experiment) {
  const GaussianMixture whole = toy_mixture(experiment);
  const std::int64_t across = experiment.coordinate;
  const std::int64_t up = across + 1 < experiment.dimension() ? across + 1 : across - 1;
  const GaussianMixture mixture = in_plane(whole, across, up);
  const LineMixture above = marginal(whole, up);
  const double low = std::floor((above.means - 4 * above.deviations).min().item<double>() * 2) / 2;
  const double high = std::ceil((above.means + 4 * above.deviations).max().item<double>() * 2) / 2;
  const Tensor x = at::linspace(experiment.from, experiment.to, 241, at::kDouble);
  const Tensor y = at::linspace(low, high, 161, at::kDouble);
  const Tensor points = at::stack({x.unsqueeze(0).expand({161, 241}), y.unsqueeze(1).expand({161, 241})}, 2);
  const GaussianMixturePrior plane(mixture, {1, 1, 2}, at::kDouble);
  Tensor height = plane.log_density(points.reshape({-1, 1, 1, 2}), {1, 0});
  height = (height - height.max()).clamp_min(-deepest);
  std::vector<StreamId> streams;
  for (std::int64_t k = 0; k < shown_samples; ++k) streams.push_back({experiment.name, "density", k});
  const Tensor drawn = whole.sample(PhiloxNoise(experiment.seed, streams), Purpose::initial);

  Figure figure;
  figure.group = "Toy problem";
  figure.stem = "density";
  figure.title = fmt::format("{}: the density", experiment.title);
  figure.x_label = fmt::format("x{}", across + 1);
  figure.y_label = fmt::format("x{}", up + 1);
  figure.caption = "Logarithm of the density, contour lines every 2 kT, and a hundred independent samples.";
  figure.kind = FigureKind::bands;
  figure.grid = Grid{.x = numbers(x),
                     .y = numbers(y),
                     .values = numbers(height),
                     .contours = {-12, -10, -8, -6, -4, -2},
                     .label = "log p, relative to its greatest",
                     .least = -deepest,
                     .greatest = 0};
  figure.series = {{.title = "",
                    .x = numbers(drawn.select(1, across)),
                    .y = numbers(drawn.select(1, up)),
                    .lower = {},
                    .upper = {},
                    .style = SeriesStyle::dots,
                    .colour = "#D55E00"}};
  return figure;
}

Figure windows_figure(const ToyExperiment& experiment, const ToyMethod& method, const ToyTruth& truth,
                      const ProfileAnalysis& analysis) {
  Figure figure;
  figure.group = "Toy problem";
  figure.stem = fmt::format("windows-{}", file_stem(method.label));
  const std::size_t stride = (analysis.windows.size() + most_windows_shown - 1) / most_windows_shown;
  figure.title = fmt::format("{}: {} windows of {} samples{}", method.label, method.windows, method.samples,
                             stride == 1 ? "" : fmt::format(", one in {} shown", stride));
  figure.x_label = fmt::format("x{}", experiment.coordinate + 1);
  figure.y_label = "density in its window";
  figure.caption = "Filled: histogram of a window's samples. Lines: what they should be, in closed form.";
  figure.kind = FigureKind::bands;
  const GaussianMixture mixture = toy_mixture(experiment);
  const Tensor x = at::linspace(experiment.from, experiment.to, 401, at::kDouble);
  std::vector<Series> lines;
  double of_law = 0;
  double of_samples = 0;
  for (std::size_t k = 0; k < analysis.windows.size(); k += stride) {
    const WindowCheck& window = analysis.windows[k];
    figure.series.push_back(outline(truth, window.density));
    figure.series.back().title = k == 0 ? "samples" : "";
    figure.series.back().colour = window_colours[(k / stride) % window_colours.size()];
    const Tensor law = window_law(mixture, experiment.coordinate, window.centre, experiment.width).density(x);
    lines.push_back({.title = k == 0 ? "closed form" : "",
                     .x = numbers(x),
                     .y = numbers(law),
                     .lower = {},
                     .upper = {},
                     .style = SeriesStyle::line,
                     .colour = "#333333"});
    of_law = std::max(of_law, law.max().item<double>());
    of_samples = std::max(of_samples, window.density.max().item<double>());
  }
  figure.series.insert(figure.series.end(), lines.begin(), lines.end());
  figure.y_range = {0, 1.1 * std::max(of_law, std::min(of_samples, 2 * of_law))};
  return figure;
}

Figure profile_figure(const ToyExperiment& experiment, const ToyTruth& truth,
                      const std::vector<ProfileAnalysis>& analyses) {
  Figure figure;
  figure.group = "Toy problem";
  figure.stem = "profile";
  figure.title = fmt::format("{}: free energy along x{}", experiment.title, experiment.coordinate + 1);
  figure.x_label = fmt::format("x{}", experiment.coordinate + 1);
  figure.y_label = "-log p (kT)";
  figure.caption = "Lines: WHAM on each method's windows, with 95 % bootstrap bands. Dashed: closed form.";
  figure.kind = FigureKind::bands;
  const double lowest = truth.profile.min().item<double>();
  constexpr double margin = 2;  // kT beyond the errors' region
  for (std::size_t m = 0; m < analyses.size(); ++m)
    figure.series.push_back({.title = experiment.methods[m].label,
                             .x = numbers(truth.middles),
                             .y = numbers(shown(experiment, truth, analyses[m].profile, margin)),
                             .lower = numbers(shown(experiment, truth, analyses[m].lower, margin)),
                             .upper = numbers(shown(experiment, truth, analyses[m].upper, margin))});
  figure.series.push_back({.title = "closed form",
                           .x = numbers(truth.middles),
                           .y = numbers(truth.profile),
                           .lower = {},
                           .upper = {},
                           .style = SeriesStyle::dashes});
  figure.y_range = {std::floor(lowest) - 0.5, lowest + experiment.within + margin};
  return figure;
}

Figure error_figure(const ToyExperiment& experiment, const ToyTruth& truth,
                    const std::vector<ProfileAnalysis>& analyses) {
  Figure figure;
  figure.group = "Toy problem";
  figure.stem = "profile-error";
  figure.title = fmt::format("{}: error of the free energy", experiment.title);
  figure.x_label = fmt::format("x{}", experiment.coordinate + 1);
  figure.y_label = "error of -log p (kT)";
  figure.caption = "Profile minus closed form where that is near its minimum, with 95 % bootstrap bands.";
  figure.kind = FigureKind::bands;
  for (std::size_t m = 0; m < analyses.size(); ++m) {
    const auto error = [&](const Tensor& profile) {
      return numbers(shown(experiment, truth, profile - truth.profile, 0));
    };
    figure.series.push_back({.title = experiment.methods[m].label,
                             .x = numbers(truth.middles),
                             .y = error(analyses[m].profile),
                             .lower = error(analyses[m].lower),
                             .upper = error(analyses[m].upper)});
  }
  figure.series.push_back({.title = "",
                           .x = {experiment.from, experiment.to},
                           .y = {0, 0},
                           .lower = {},
                           .upper = {},
                           .style = SeriesStyle::dashes});
  figure.y_range = {-1, 1};
  return figure;
}

}  // namespace dpsbench
