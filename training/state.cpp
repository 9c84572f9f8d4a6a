#include "training/state.h"

#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/noise.h"

namespace dpsbench {
namespace {

const std::string kStep = "step";
const std::string kSetting = "setting.";

/// The maps of a state under their names in a checkpoint.
std::map<std::string, UNetParameters TrainingState::*> parts() {
  return {{"parameters/", &TrainingState::parameters},
          {"average/", &TrainingState::average},
          {"first_moment/", &TrainingState::first_moment},
          {"second_moment/", &TrainingState::second_moment}};
}

bool ends_with(const std::string& name, const std::string& ending) {
  return name.size() >= ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

/// Layers whose weight and bias start at zero, so that every block starts as the identity.
bool starts_at_zero(const std::string& layer) {
  return layer == "out.2." || ends_with(layer, ".out_layers.3.") || ends_with(layer, ".proj_out.");
}

Tensor initial_value(const std::string& name, const std::vector<std::int64_t>& shape,
                     const std::vector<std::int64_t>& weight_shape, std::uint64_t seed) {
  const bool is_weight = ends_with(name, "weight");
  const std::string layer = name.substr(0, name.rfind('.') + 1);
  if (starts_at_zero(layer)) return at::zeros(shape);
  if (weight_shape.size() == 1) return is_weight ? at::ones(shape) : at::zeros(shape);  // a norm
  std::int64_t fan_in = 1;
  for (std::size_t axis = 1; axis < weight_shape.size(); ++axis) fan_in *= weight_shape[axis];
  const PhiloxNoise noise(seed, {{"initial parameters", name, 0}});
  const Tensor uniform = noise.uniform(Purpose::training, 0, shape, at::TensorOptions(at::kFloat)).squeeze(0);
  return (2 * uniform - 1) * (1 / std::sqrt(static_cast<double>(fan_in)));
}

std::int64_t parse_step(const std::filesystem::path& file, const std::map<std::string, std::string>& metadata) {
  std::int64_t step = -1;
  const auto found = metadata.find(kStep);
  if (found != metadata.end()) std::from_chars(found->second.data(), found->second.data() + found->second.size(), step);
  if (step < 0) throw DataError("{} is not a checkpoint of a training: it names no step", file.string());
  return step;
}

}  // namespace

TrainingState initial_state(const UNetOptions& network, std::uint64_t seed, const TensorOptions& options) {
  return initial_state(unet_parameters(network), seed, options);
}

TrainingState initial_state(const std::vector<ParameterSpec>& parameters, std::uint64_t seed,
                            const TensorOptions& options) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& [name, shape] : parameters) shapes[name] = shape;
  UNetParameters drawn;
  for (const auto& [name, shape] : shapes)
    drawn[name] = initial_value(name, shape, shapes.at(name.substr(0, name.rfind('.')) + ".weight"), seed);
  return state_of(drawn, options);
}

TrainingState state_of(const UNetParameters& weights, const TensorOptions& options) {
  TrainingState state;
  for (const auto& [name, weight] : weights) {
    state.parameters[name] = weight.to(options).clone();
    state.average[name] = weight.to(options).clone();
    state.first_moment[name] = at::zeros(weight.sizes(), options);
    state.second_moment[name] = at::zeros(weight.sizes(), options);
  }
  return state;
}

void save_checkpoint(const std::filesystem::path& file, const TrainingState& state, const TrainingSettings& settings) {
  std::map<std::string, Tensor> tensors;
  for (const auto& [prefix, part] : parts())
    for (const auto& [name, tensor] : state.*part) tensors[prefix + name] = tensor.detach();
  std::map<std::string, std::string> metadata = {{kStep, std::to_string(state.step)}};
  for (const auto& [name, value] : settings) metadata[kSetting + name] = value;
  write_safetensors(file.string(), tensors, metadata);
}

TrainingState load_checkpoint(const std::filesystem::path& path, const UNetOptions& network,
                              const TrainingSettings& settings, const TensorOptions& options) {
  return load_checkpoint(path, unet_parameters(network), settings, options);
}

TrainingState load_checkpoint(const std::filesystem::path& path, const std::vector<ParameterSpec>& parameters,
                              const TrainingSettings& settings, const TensorOptions& options) {
  const SafetensorsFile file(path.string());
  TrainingState state;
  state.step = parse_step(path, file.metadata());
  for (const auto& [name, value] : settings) {
    const auto found = file.metadata().find(kSetting + name);
    const std::string met = found == file.metadata().end() ? "missing" : found->second;
    if (met != value)
      throw UserError("{} was made with {} {}, but now it is {}: go on with the same, or start in another folder",
                      path.string(), name, met, value);
  }
  for (const auto& [prefix, part] : parts())
    for (const auto& [name, shape] : parameters)
      (state.*part)[name] = file.require(prefix + name, shape).clone().to(options);
  return state;
}

}  // namespace dpsbench
