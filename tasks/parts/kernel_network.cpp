#include "tasks/parts/kernel_network.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr double outer_slope = 0.1;
constexpr double inner_slope = 0.2;
constexpr std::int64_t features_stride = 4;

Tensor leaky(const Tensor& x, double slope) { return at::leaky_relu(x, slope); }

}  // namespace

KernelNetwork::Layer KernelNetwork::layer(const std::string& name, std::int64_t side) const {
  const auto found = weights_.find(name + ".weight");
  if (found == weights_.end()) throw DataError("{}: no tensor {}.weight; is it BKSE's network?", file_, name);
  const Tensor& weight = found->second;
  if (weight.dim() != 4 || weight.size(2) != side || weight.size(3) != side)
    throw DataError("{}: {}.weight has shape [{}], wanted four sizes that end in {} x {}", file_, name,
                    fmt::join(weight.sizes(), ", "), side, side);
  const auto bias = weights_.find(name + ".bias");
  return {weight, bias == weights_.end() ? Tensor() : bias->second};
}

std::vector<KernelNetwork::Residual> KernelNetwork::residuals(const std::string& before, std::int64_t first) const {
  std::vector<Residual> blocks;
  for (std::int64_t i = first;; ++i) {
    const std::string name = fmt::format("{}.{}", before, i);
    if (!weights_.contains(name + ".conv1.weight")) return blocks;
    blocks.push_back({layer(name + ".conv1", 3), layer(name + ".conv2", 3)});
  }
}

void KernelNetwork::read_levels() {
  std::string name = "adapter.model";
  for (bool outermost = true;; outermost = false) {
    levels_.push_back({layer(name + (outermost ? ".down.0" : ".down.1"), 4), layer(name + ".up.1", 4)});
    const bool has_norm = weights_.contains(name + ".down.2.weight") || weights_.contains(name + ".up.2.weight");
    if (has_norm || levels_.back().down.bias.defined())
      throw DataError("{}: {} is of a network with normalisations; the public networks have none", file_, name);
    name += ".submodule";
    const bool goes_on = weights_.contains(name + ".down.1.weight");
    if (!goes_on) break;
  }
  if (levels_.size() < 2) throw DataError("{}: adapter.model has one level; BKSE's have five", file_);
}

KernelNetwork::KernelNetwork(std::map<std::string, Tensor> weights, const std::string& file,
                             const TensorOptions& options)
    : weights_(std::move(weights)), file_(file) {
  for (auto& [name, weight] : weights_) weight = weight.to(options).contiguous();
  for (const std::int64_t i : {0, 2, 4}) features_.push_back(layer(fmt::format("feature_extractor.{}", i), 3));
  feature_blocks_ = residuals("feature_extractor", 6);
  read_levels();
  back_blocks_ = residuals("recon_trunk", 0);
  const auto count = static_cast<std::int64_t>(back_blocks_.size());
  for (const std::int64_t i : {0, 3, 6, 8}) back_.push_back(layer(fmt::format("recon_trunk.{}", count + i), 3));
  require_that_layers_fit();
  weights_.clear();
}

void KernelNetwork::require_that_layers_fit() const {
  const at::NoGradGuard no_grad;
  const TensorOptions options = features_[0].weight.options();
  try {
    const Tensor picture = at::zeros({1, channels(), stride(), stride()}, options);
    const Tensor blurred = blur(picture, at::zeros({1, kernel_channels(), 1, 1}, options));
    if (blurred.sizes() == picture.sizes()) return;
  } catch (const c10::Error&) {  // told below
  }
  throw DataError("{}: its layers do not fit together; is it BKSE's network?", file_);
}

std::int64_t KernelNetwork::channels() const { return features_[0].weight.size(1); }

std::int64_t KernelNetwork::kernel_channels() const {
  return levels_.back().up.weight.size(0) - levels_.back().down.weight.size(0);
}

std::int64_t KernelNetwork::stride() const { return features_stride << levels_.size(); }

Tensor KernelNetwork::through(const std::vector<Residual>& blocks, Tensor h) const {
  for (const Residual& block : blocks) {
    const Tensor hidden = at::relu(at::conv2d(h, block.first.weight, block.first.bias, 1, 1));
    h = h + at::conv2d(hidden, block.second.weight, block.second.bias, 1, 1);
  }
  return h;
}

/// Below the outermost level theirs rectifies in place, so that what goes round a level is rectified too.
Tensor KernelNetwork::adapt(std::size_t level, const Tensor& x, const Tensor& kernel) const {
  const Level& here = levels_[level];
  const bool outermost = level == 0;
  const Tensor round = outermost ? x : leaky(x, inner_slope);
  const Tensor down = at::conv2d(round, here.down.weight, here.down.bias, 2, 1);
  const Tensor below = level + 1 == levels_.size() ? at::cat({down, kernel}, 1) : adapt(level + 1, down, kernel);
  const Tensor up = at::conv_transpose2d(at::relu(below), here.up.weight, here.up.bias, 2, 1);
  return outermost ? at::tanh(up) : at::cat({up, round}, 1);
}

Tensor KernelNetwork::blur(const Tensor& picture, const Tensor& kernel) const {
  Tensor h = picture;
  for (std::size_t k = 0; k < features_.size(); ++k)
    h = leaky(at::conv2d(h, features_[k].weight, features_[k].bias, k == 0 ? 1 : 2, 1), outer_slope);
  h = through(back_blocks_, adapt(0, through(feature_blocks_, h), kernel));
  for (std::size_t k = 0; k < back_.size(); ++k) {
    h = at::conv2d(h, back_[k].weight, back_[k].bias, 1, 1);
    if (k < 2) h = at::pixel_shuffle(h, 2);
    if (k + 1 < back_.size()) h = leaky(h, outer_slope);
  }
  return h + picture;
}

}  // namespace dpsbench
