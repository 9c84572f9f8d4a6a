#include "toy/store.h"

#include <fmt/format.h>

#include "results/hdf5/new_file.h"

namespace dpsbench {
namespace {

void store_method(const hdf5::Group& group, const ToyMethod& method) {
  group.set_attribute("method", method.entry->name);
  group.set_attribute("steps", method.steps);
  for (const auto& [name, value] : method.options.all()) {
    const std::string key = "method." + name;
    std::visit([&](const auto& plain) { group.set_attribute(key, plain); }, value);
  }
}

void store_windows(const hdf5::Group& all, const ToyExperiment& experiment, const ToyMethod& method,
                   const ProfileAnalysis& analysis, const Tensor& samples) {
  const hdf5::Group group = all.create_group(method.label);
  store_method(group, method);
  for (std::int64_t k = 0; k < method.windows; ++k) {
    const WindowCheck& check = analysis.windows.at(static_cast<std::size_t>(k));
    const hdf5::Group window = group.create_group(std::to_string(k));
    window.write("samples", samples[k].contiguous());
    window.set_attribute("centre", check.centre);
    window.set_attribute("width", experiment.width);
    window.set_attribute("coordinate", experiment.coordinate);
    window.set_attribute("ks_statistic", check.fit.statistic);
    window.set_attribute("ks_p", check.fit.p_value);
    window.set_attribute("ks_p_holm", check.adjusted_p);
  }
}

void store_profile(const hdf5::Group& all, const ToyMethod& method, const ProfileAnalysis& analysis) {
  const hdf5::Group group = all.create_group(method.label);
  group.write("free_energy", analysis.profile);
  group.write("lower", analysis.lower.contiguous());
  group.write("upper", analysis.upper.contiguous());
  group.set_attribute("rms_error", analysis.error.root_mean_square);
  group.set_attribute("max_error", analysis.error.greatest);
  group.set_attribute("empty_bins", analysis.error.empty);
  group.set_attribute("mbar_max_error", analysis.mbar_error.greatest);
  group.set_attribute("outside", analysis.outside);
  group.set_attribute("wham_iterations", analysis.iterations);
}

}  // namespace

void store_toy(const std::filesystem::path& file, const ToyExperiment& experiment, const std::string& text,
               const ToyTruth& truth, const std::vector<ProfileAnalysis>& analyses,
               const std::vector<Tensor>& samples) {
  hdf5::NewFile store(file);
  {
    const hdf5::Group& root = store.root();
    root.set_attribute("experiment", experiment.name);
    root.set_attribute("seed", static_cast<std::int64_t>(experiment.seed));
    root.set_attribute("file", text);
    const hdf5::Group closed_form = root.create_group("closed_form");
    closed_form.write("edges", truth.edges);
    closed_form.write("free_energy", truth.profile);
    const hdf5::Group windows = root.create_group("windows");
    const hdf5::Group profiles = root.create_group("profiles");
    for (std::size_t m = 0; m < analyses.size(); ++m) {
      store_windows(windows, experiment, experiment.methods[m], analyses[m], samples[m]);
      store_profile(profiles, experiment.methods[m], analyses[m]);
    }
  }
  store.publish();
}

}  // namespace dpsbench
