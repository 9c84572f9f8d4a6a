#include "runner/experiment/toy_file.h"

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/files/text.h"
#include "results/files/file_stem.h"
#include "runner/experiment/embedded_toys.h"
#include "runner/experiment/yaml_reader.h"
#include "toy/profile_analysis.h"

namespace dpsbench {
namespace {

constexpr double most_steps = 20000;
constexpr std::size_t largest_toy = std::size_t{1} << 20;  // bytes

struct EmbeddedToy {
  const char* name;
  const char* text;
};
constexpr EmbeddedToy embedded_toys[] = {{"double-well", embedded_double_well},
                                         {"double-well-8d", embedded_double_well_8d}};

double read_real(const YamlReader& reader, const std::string& key, Range range, std::optional<double> otherwise = {}) {
  if (otherwise && !reader.has(key)) return *otherwise;
  const std::vector<double> values = reader.reals(key, range);
  if (values.size() != 1) reader.fail(key, fmt::format("has {} values; allowed: one number", values.size()));
  return values.front();
}

ToyComponent read_component(const YamlReader& reader) {
  ToyComponent component;
  component.weight = read_real(reader, "weight", {0, 1e6, true});
  component.mean = reader.reals("mean", {});
  const std::size_t dimension = component.mean.size();
  if (dimension < 2 || dimension > 64)
    reader.fail("mean", fmt::format("has {} numbers; allowed: 2 to 64, one a coordinate", dimension));
  component.deviations = reader.reals("deviation", {0, 1e6, true});
  if (component.deviations.size() == 1) component.deviations.resize(dimension, component.deviations.front());
  if (component.deviations.size() != dimension)
    reader.fail("deviation", fmt::format("has {} numbers; allowed: one, or {} as the mean has",
                                         component.deviations.size(), dimension));
  const double least = -1 / static_cast<double>(dimension - 1);
  component.correlation = read_real(reader, "correlation", {least, 1, true}, 0);
  if (component.correlation == 1) reader.fail("correlation", "1 is not allowed; allowed: below 1");
  reader.reject_unknown();
  return component;
}

std::vector<ToyComponent> read_mixture(const YamlReader& reader) {
  std::vector<ToyComponent> mixture;
  for (const YamlReader& entry : reader.maps("mixture")) {
    mixture.push_back(read_component(entry));
    if (mixture.back().mean.size() != mixture.front().mean.size())
      entry.fail("mean", fmt::format("has {} numbers, the first component has {}", mixture.back().mean.size(),
                                     mixture.front().mean.size()));
  }
  return mixture;
}

const MethodEntry& read_entry(const YamlReader& reader) {
  const std::string name = reader.word("name");
  try {
    const MethodEntry& entry = find_method(name);
    const std::string reason = incompatibility(entry, find_task("inpainting"), KnownPosteriors::linear);
    if (!reason.empty()) throw UserError("'{}' cannot sample a window, which is an inpainting task: {}", name, reason);
    return entry;
  } catch (const UserError& error) {
    reader.fail("name", error.what());
  }
}

ToyMethod read_method_entry(const YamlReader& reader, std::int64_t usual_steps) {
  const MethodEntry& entry = read_entry(reader);
  std::vector<OptionSpec> specs = entry.options;  // steps here are those of a schedule of their own, all of them taken
  std::map<std::string, OptionValue> given;
  std::int64_t steps = 0;
  for (OptionSpec& spec : specs) {
    if (spec.name == "steps") {
      spec.greatest = most_steps;
      steps = reader.whole("steps", {1, most_steps}, usual_steps);
      given["steps"] = steps;
      continue;
    }
    if (!reader.has(spec.name)) continue;
    const std::vector<OptionValue> values = reader.options(spec.name, spec);
    if (values.size() != 1)
      reader.fail(spec.name, "has several values; allowed: one (a method may be listed several times)");
    given[spec.name] = values.front();
  }
  ToyMethod method{.entry = &entry,
                   .label = reader.word("label", entry.name),
                   .options = OptionValues(specs, given),
                   .steps = steps == 0 ? usual_steps : steps,
                   .windows = reader.whole("windows", {2, 1000}),
                   .samples = reader.whole("samples", {10, 1e7})};
  if (file_stem(method.label) != method.label)
    reader.fail("label", fmt::format("'{}' is not allowed; allowed: small letters, digits, '.' and '-'", method.label));
  reader.reject_unknown();
  return method;
}

void read_range(const YamlReader& reader, ToyExperiment& experiment) {
  const std::vector<double> range = reader.reals("range", {-1e6, 1e6});
  if (range.size() != 2 || !(range[0] < range[1]))
    reader.fail("range", "is not a range; allowed: two numbers, the smaller first: [-3, 3]");
  experiment.from = range[0];
  experiment.to = range[1];
}

std::vector<ToyMethod> read_methods(const YamlReader& reader, std::int64_t usual_steps) {
  std::vector<ToyMethod> methods;
  for (const YamlReader& entry : reader.maps("methods")) {
    methods.push_back(read_method_entry(entry, usual_steps));
    const auto same = [&](const ToyMethod& other) { return other.label == methods.back().label; };
    if (std::count_if(methods.begin(), methods.end(), same) > 1)
      entry.fail("label", fmt::format("two methods are called '{}'; give one another label", methods.back().label));
  }
  return methods;
}

}  // namespace

std::vector<std::string> toy_names() {
  std::vector<std::string> names;
  for (const EmbeddedToy& toy : embedded_toys) names.emplace_back(toy.name);
  return names;
}

ToyFile find_toy(const std::string& name_or_path) {
  for (const EmbeddedToy& toy : embedded_toys)
    if (name_or_path == toy.name) return {name_or_path + ".yaml", toy.text};
  std::error_code ignored;
  if (!name_or_path.ends_with(".yaml") || !std::filesystem::exists(name_or_path, ignored))
    throw UserError("'{}' is neither a toy problem nor a readable YAML file; there are: {}", name_or_path,
                    fmt::join(toy_names(), ", "));
  return {name_or_path, read_regular_file(name_or_path, largest_toy)};
}

ToyExperiment read_toy(const ToyFile& file, const std::vector<std::string>& overrides) {
  const YamlReader reader(std::make_shared<const YamlDocument>(parse_yaml(file.text, file.name, overrides)));
  ToyExperiment experiment;
  experiment.name = reader.word("name");
  if (file_stem(experiment.name) != experiment.name)
    reader.fail("name",
                fmt::format("'{}' is not allowed; allowed: small letters, digits, '.' and '-'", experiment.name));
  experiment.title = reader.word("title", experiment.name);
  experiment.mixture = read_mixture(reader);
  experiment.coordinate = reader.whole("coordinate", {1, static_cast<double>(experiment.dimension())}, 1) - 1;
  read_range(reader, experiment);
  experiment.width = read_real(reader, "width", {0, 1e6, true});
  experiment.bins = reader.whole("bins", {5, 1000}, 60);
  experiment.cells = reader.whole("cells", {1, 100}, 10);
  experiment.within = read_real(reader, "within", {0, 100, true}, 6);
  experiment.seed = static_cast<std::uint64_t>(reader.whole("seed", {0}, 0));
  experiment.resamples = reader.whole("resamples", {10, 100000}, 200);
  experiment.batch = reader.whole("batch", {1, 1e6}, 4096);
  experiment.methods = read_methods(reader, reader.whole("steps", {1, most_steps}, 1000));
  reader.reject_unknown();
  try {
    static_cast<void>(toy_truth(experiment));
  } catch (const Error& error) {
    reader.fail("range", error.what());
  }
  return experiment;
}

}  // namespace dpsbench
