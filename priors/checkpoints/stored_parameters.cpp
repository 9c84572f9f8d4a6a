#include "priors/checkpoints/stored_parameters.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {
namespace {

std::vector<UNetLayer> layers_of(const UNetOptions& options) {
  const UNetStructure structure = unet_structure(options);
  std::vector<UNetLayer> layers;
  const auto add = [&](const UNetBlock& block) { layers.insert(layers.end(), block.begin(), block.end()); };
  std::ranges::for_each(structure.input_blocks, add);
  add(structure.middle_block);
  std::ranges::for_each(structure.output_blocks, add);
  for (const auto& [block, layer] : structure.pyramid) layers.push_back(layer);
  return layers;
}

/// The layer whose parameter it is; null: it stands outside of all layers.
const UNetLayer* layer_of(const std::map<std::string, UNetLayer>& layers, const std::string& name) {
  const auto after = layers.upper_bound(name);
  if (after == layers.begin()) return nullptr;
  const auto& [prefix, layer] = *std::prev(after);
  return name.starts_with(prefix) ? &layer : nullptr;
}

std::string with_size(std::string name, std::int64_t size) {
  constexpr std::string_view place = "{R}";
  while (name.find(place) != std::string::npos) name.replace(name.find(place), place.size(), std::to_string(size));
  return name;
}

/// Rows of q, k and v from a file's order to the network's.
std::function<Tensor(const Tensor&)> qkv_order(const UNetOptions& options, const UNetLayer& layer, QkvRows rows) {
  const std::int64_t heads = attention_heads(options, layer.in_channels);
  const bool parts_outermost = options.use_new_attention_order;
  return [heads, rows, parts_outermost](const Tensor& stored) {
    const std::int64_t width = stored.size(0) / (3 * heads);
    const Tensor by_part = rows == QkvRows::part_head_channel
                               ? stored.unflatten(0, {3, heads, width})
                               : stored.unflatten(0, {heads, width, 3}).movedim(2, 0);  // [part, head, channel, ...]
    return (parts_outermost ? by_part : by_part.transpose(0, 1)).flatten(0, 2).contiguous();
  };
}

}  // namespace

StoredParameters stored_parameters(const UNetOptions& any_options, const NamingConvention& convention,
                                   const std::string& before) {
  const UNetOptions options = checked(any_options);
  return stored_parameters(options, layers_of(options), unet_parameters(options), convention, before);
}

StoredParameters stored_parameters(const UNetOptions& options, const std::vector<UNetLayer>& all_layers,
                                   const std::vector<ParameterSpec>& specs, const NamingConvention& convention,
                                   const std::string& before) {
  std::map<std::string, UNetLayer> layers;  // by their prefixes, which begin their parameters' names
  for (const UNetLayer& layer : all_layers) layers[layer.prefix] = layer;
  StoredParameters stored;
  for (const auto& [name, shape] : specs) {
    const UNetLayer* layer = layer_of(layers, name);
    const std::string rest = name.substr(layer == nullptr ? 0 : layer->prefix.size());
    if (layer != nullptr && layer->kind == UNetLayer::Kind::attention && options.context_dim > 0) {
      stored[name].names = {before + convention.module(options, *layer) + rest};  // transformers' names are all one's
      continue;
    }
    const auto called = [&](const std::string& ours) {
      return std::ranges::find(convention.parts, ours, &NamingConvention::Part::ours);
    };
    std::size_t leaf = rest.rfind('.') + 1;  // "weight" or "bias", 0 where that is all; its end where that has a name
    auto part = called(rest);
    if (part == convention.parts.end())
      part = called(rest.substr(0, leaf));
    else
      leaf = rest.size();
    if (part == convention.parts.end())
      throw UserError("the networks of {}'s names have no {}", convention.title, rest.substr(0, leaf));
    const std::string module = before + (layer == nullptr ? "" : convention.module(options, *layer));
    for (const std::string& theirs : part->theirs)
      stored[name].names.push_back(module + with_size(theirs, options.image_size) + rest.substr(leaf));
    if (part->ours == "qkv.") stored[name].arranged = qkv_order(options, *layer, convention.qkv_rows);
  }
  return stored;
}

}  // namespace dpsbench
