#include "priors/unet/parameters.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "priors/unet/transformer.h"

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;

class List {
 public:
  explicit List(const UNetOptions& options)
      : options_(options), embedding_(4 * options.num_channels), scale_shift_(options.use_scale_shift_norm) {}

  void add_network() {
    const UNetOptions& options = options_;
    if (options.fourier) specs.push_back({"time_embed.frequencies.weight", {options.num_channels}});
    add_affine("time_embed.0.", {embedding_, options.time_features()});
    add_affine("time_embed.2.", {embedding_, embedding_});
    const UNetStructure structure = unet_structure(options);
    for (const UNetBlock& block : structure.input_blocks) add_block(block);
    add_block(structure.middle_block);
    for (const UNetBlock& block : structure.output_blocks) add_block(block);
    for (const auto& [block, layer] : structure.pyramid) add_layer(layer);
    const std::int64_t last = structure.last_channels();
    add_norm("out.0.", last);
    add_affine("out.2.", {options.out_channels(), last, 3, 3});
    if (options.context_dim > 0) specs.push_back({"context", {options.context_tokens, options.context_dim}});
  }
  void add_layer(const UNetLayer& layer) {
    switch (layer.kind) {
      case Kind::convolution:
        return add_affine(layer.prefix, {layer.out_channels, layer.in_channels, 3, 3});
      case Kind::residual:
        return add_residual(layer);
      case Kind::attention:
        if (options_.context_dim > 0) return add_transformer(layer);
        add_norm(layer.prefix + "norm.", layer.in_channels);
        add_affine(layer.prefix + "qkv.", {3 * layer.in_channels, layer.in_channels, 1});
        return add_affine(layer.prefix + "proj_out.", {layer.in_channels, layer.in_channels, 1});
      case Kind::downsample:
        return add_affine(layer.prefix + "op.", {layer.out_channels, layer.in_channels, 3, 3});
      case Kind::upsample:
        return add_affine(layer.prefix + "conv.", {layer.out_channels, layer.in_channels, 3, 3});
    }
  }

  std::vector<ParameterSpec> specs;

 private:
  /// A convolution's or linear layer's weight, and its bias.
  void add_affine(const std::string& prefix, const std::vector<std::int64_t>& shape) {
    specs.push_back({prefix + "weight", shape});
    specs.push_back({prefix + "bias", {shape[0]}});
  }
  void add_norm(const std::string& prefix, std::int64_t channels) {
    specs.push_back({prefix + "weight", {channels}});
    specs.push_back({prefix + "bias", {channels}});
  }

  void add_block(const UNetBlock& block) {
    for (const UNetLayer& layer : block) add_layer(layer);
  }

  void add_residual(const UNetLayer& layer) {
    const std::int64_t in = layer.in_channels;
    const std::int64_t out = layer.out_channels;
    add_norm(layer.prefix + "in_layers.0.", in);
    add_affine(layer.prefix + "in_layers.2.", {out, in, 3, 3});
    if (layer.told_time) add_affine(layer.prefix + "emb_layers.1.", {scale_shift_ ? 2 * out : out, embedding_});
    add_norm(layer.prefix + "out_layers.0.", out);
    add_affine(layer.prefix + "out_layers.3.", {out, out, 3, 3});
    if (layer.skip_convolution) add_affine(layer.prefix + "skip_connection.", {out, in, 1, 1});
  }

  void add_transformer(const UNetLayer& layer) {
    std::ranges::move(transformer_parameters(options_, layer), std::back_inserter(specs));
  }

  const UNetOptions& options_;
  std::int64_t embedding_;
  bool scale_shift_;
};

/// Collects complaints, and writes out the first few.
class Complaints {
 public:
  void add(const std::string& complaint) {
    if (++count_ <= shown) text_ += "\n  " + complaint;
  }
  void throw_if_any(const std::string& path) const {
    if (count_ == 0) return;
    const std::string rest = count_ > shown ? fmt::format("\n  and {} more", count_ - shown) : "";
    throw DataError("'{}' does not hold the weights of the network that the prior's options describe:{}{}", path, text_,
                    rest);
  }

 private:
  static constexpr int shown = 6;
  int count_ = 0;
  std::string text_;
};

/// Whether two shapes differ in nothing but sides of one at their ends.
bool same_but_for_ones(at::IntArrayRef a, at::IntArrayRef b) {
  const auto significant = [](at::IntArrayRef shape) {
    while (!shape.empty() && shape.back() == 1) shape = shape.slice(0, shape.size() - 1);
    return shape;
  };
  return significant(a) == significant(b);
}

/// What stands before the name of every parameter in a file, such as "module." of torch's DataParallel; empty: nothing.
std::string common_prefix(const SafetensorsFile& file, const UNetParameters& wanted) {
  const std::string first = "time_embed.0.weight";
  for (const std::string& name : file.names()) {
    if (name == first || !name.ends_with(first)) continue;
    const std::string prefix = name.substr(0, name.size() - first.size());
    if (std::all_of(wanted.begin(), wanted.end(), [&](const auto& item) { return file.contains(prefix + item.first); }))
      return prefix;
  }
  return {};
}

}  // namespace

std::vector<ParameterSpec> unet_parameters(const UNetOptions& options) {
  List list(options);
  list.add_network();
  return std::move(list.specs);
}

std::vector<ParameterSpec> layer_parameters(const UNetOptions& options, const UNetLayer& layer) {
  List list(options);
  list.add_layer(layer);
  return std::move(list.specs);
}

UNetParameters with_bfloat16_torso(const UNetParameters& parameters) {
  UNetParameters mixed;
  for (const auto& [name, tensor] : parameters) {
    const auto affine = parameters.find(name.substr(0, name.rfind('.')) + ".weight");
    const std::int64_t sides = affine == parameters.end() ? 0 : affine->second.dim();  // none: the context
    const bool at_the_image = name.starts_with("input_blocks.0.") || name.starts_with("input_pyramid.");
    const bool at_each_pixel = sides == 2 && name.find(".transformer_blocks.") != std::string::npos;
    const bool convolves = (sides > 2 || at_each_pixel) && !at_the_image && !name.starts_with("out.");
    mixed[name] = convolves ? tensor.to(at::kBFloat16) : tensor.clone();
  }
  return mixed;
}

UNetParameters load_unet_parameters(const UNetOptions& options, const SafetensorsFile& file) {
  StoredParameters as_here;
  UNetParameters wanted;
  for (const auto& [name, shape] : unet_parameters(options)) {
    as_here[name] = {{name}};
    wanted[name] = Tensor();
  }
  if (const std::string prefix = common_prefix(file, wanted); !prefix.empty())
    throw DataError(
        "'{}' holds the network's parameters under other names: each begins with '{}'; convert the checkpoint again "
        "with "
        "scripts/convert_weights.py unet --prefix {}",
        file.path(), prefix, prefix);
  return load_unet_parameters(options, file, as_here, [](const std::string&) { return false; });
}

UNetParameters load_unet_parameters(const UNetOptions& options, const SafetensorsFile& file,
                                    const StoredParameters& stored,
                                    const std::function<bool(const std::string&)>& ignored) {
  return load_parameters(unet_parameters(options), file, stored, ignored);
}

UNetParameters load_parameters(const std::vector<ParameterSpec>& specs, const SafetensorsFile& file,
                               const StoredParameters& stored, const std::function<bool(const std::string&)>& ignored) {
  UNetParameters parameters;
  Complaints complaints;
  std::set<std::string> known;
  for (const auto& [name, shape] : specs) {
    const StoredParameter& kept = stored.at(name);
    std::vector<std::int64_t> of_each = kept.shape.empty() ? shape : kept.shape;
    of_each[0] /= static_cast<std::int64_t>(kept.names.size());
    std::vector<Tensor> rows;
    for (const std::string& there : kept.names) {
      known.insert(there);
      if (!file.contains(there)) {
        complaints.add(fmt::format("{} [{}] is missing", there, fmt::join(of_each, ", ")));
        continue;
      }
      rows.push_back(file.tensor(there).to(at::kFloat));
      if (!same_but_for_ones(rows.back().sizes(), of_each)) {
        complaints.add(fmt::format("{} has shape [{}], wanted [{}]", there, fmt::join(rows.back().sizes(), ", "),
                                   fmt::join(of_each, ", ")));
        rows.clear();
      }
    }
    if (rows.size() < kept.names.size()) continue;
    const Tensor together = rows.size() == 1 ? rows[0] : at::cat(rows);
    parameters[name] = (kept.arranged ? kept.arranged(together) : together).view(shape);
  }
  for (const std::string& name : file.names())
    if (!known.contains(name) && !ignored(name)) complaints.add(fmt::format("{} is not a parameter of it", name));
  complaints.throw_if_any(file.path());
  return parameters;
}

}  // namespace dpsbench
