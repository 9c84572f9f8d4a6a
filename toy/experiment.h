#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "methods/registry.h"
#include "priors/mixture/mixture.h"

namespace dpsbench {

/// One Gaussian of the toy's density.
struct ToyComponent {
  double weight = 1;               ///< > 0; the weights need not sum to 1
  std::vector<double> mean;        ///< D numbers
  std::vector<double> deviations;  ///< D numbers > 0: of each coordinate
  double correlation = 0;          ///< of every pair of coordinates, above -1 / (D - 1), below 1
};

/// A sampler with the umbrella windows it is given.
struct ToyMethod {
  const MethodEntry* entry = nullptr;
  std::string label;  ///< unique in the experiment: names groups, files and curves
  OptionValues options;
  std::int64_t steps = 1000;  ///< of the linear schedule, all of them taken
  std::int64_t windows = 0;   ///< centres spread evenly over the range, both ends among them
  std::int64_t samples = 0;   ///< of each window
};

/// The toy problem of section 5.1: the free-energy profile of a Gaussian mixture along one coordinate by umbrella
/// sampling, each window an inpainting problem whose measurement is the window's centre.
struct ToyExperiment {
  std::string name;
  std::string title;
  std::vector<ToyComponent> mixture;
  std::int64_t coordinate = 0;  ///< along which the profile is taken
  double from = 0;              ///< the range of profile and centres
  double to = 0;
  double width = 0;        ///< of a window: its bias is exp(-(x - centre)^2 / (2 width^2)); sigma_y of inpainting
  std::int64_t bins = 0;   ///< of the profile
  std::int64_t cells = 1;  ///< WHAM's cells in a bin
  double within = 6;       ///< kT above the minimum up to which errors count
  std::uint64_t seed = 0;
  std::int64_t resamples = 0;  ///< of the bootstrap
  std::int64_t batch = 0;      ///< samples computed at once
  std::vector<ToyMethod> methods;

  [[nodiscard]] std::int64_t dimension() const { return static_cast<std::int64_t>(mixture.at(0).mean.size()); }
  [[nodiscard]] double bin_width() const { return (to - from) / static_cast<double>(bins); }
};

/// The density. Throws DataError where a correlation makes a covariance indefinite.
GaussianMixture toy_mixture(const ToyExperiment& experiment);

/// Centres of a method's windows, [windows], ascending. Double.
Tensor window_centres(const ToyExperiment& experiment, const ToyMethod& method);

/// Some samples of one window, computed at once.
struct ToyUnit {
  std::size_t method = 0;  ///< index into the experiment's methods
  std::int64_t window = 0;
  std::int64_t first = 0;  ///< sample
  std::int64_t count = 0;
};

/// All work of an experiment, in blocks that its file fixes: who computes them does not matter.
std::vector<ToyUnit> toy_units(const ToyExperiment& experiment);

/// What a unit costs, in evaluations of the prior.
double unit_cost(const ToyExperiment& experiment, const ToyUnit& unit);

}  // namespace dpsbench
