#include "metrics/parts/lpips.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "metrics/parts/unit_images.h"

namespace dpsbench {
namespace {

/// A convolution of a backbone; every one is followed by a rectifier.
struct ConvolutionShape {
  int index;  ///< its place in torchvision's `features`
  std::int64_t in;
  std::int64_t out;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t padding;
};

struct StageShape {
  std::int64_t pool;
  std::vector<ConvolutionShape> convolutions;
};

/// The part of a backbone before each of the five compared features.
const std::vector<StageShape>& backbone(LpipsNetwork network) {
  static const std::vector<StageShape> vgg16 = {
      {0, {{0, 3, 64, 3, 1, 1}, {2, 64, 64, 3, 1, 1}}},
      {2, {{5, 64, 128, 3, 1, 1}, {7, 128, 128, 3, 1, 1}}},
      {2, {{10, 128, 256, 3, 1, 1}, {12, 256, 256, 3, 1, 1}, {14, 256, 256, 3, 1, 1}}},
      {2, {{17, 256, 512, 3, 1, 1}, {19, 512, 512, 3, 1, 1}, {21, 512, 512, 3, 1, 1}}},
      {2, {{24, 512, 512, 3, 1, 1}, {26, 512, 512, 3, 1, 1}, {28, 512, 512, 3, 1, 1}}},
  };
  static const std::vector<StageShape> alexnet = {
      {0, {{0, 3, 64, 11, 4, 2}}},   {3, {{3, 64, 192, 5, 1, 2}}},   {3, {{6, 192, 384, 3, 1, 1}}},
      {0, {{8, 384, 256, 3, 1, 1}}}, {0, {{10, 256, 256, 3, 1, 1}}},
  };
  return network == LpipsNetwork::vgg16 ? vgg16 : alexnet;
}

const char* title(LpipsNetwork network) { return network == LpipsNetwork::vgg16 ? "VGG16" : "AlexNet"; }

Tensor checked_weight(const WeightMap& weights, const std::string& name, at::IntArrayRef shape, LpipsNetwork network,
                      const at::Device& device) {
  const auto found = weights.find(name);
  if (found == weights.end())
    throw DataError("LPIPS weights: no tensor '{}', which LPIPS on {} needs", name, title(network));
  if (found->second.sizes() != shape)
    throw DataError("LPIPS weights: '{}' has the shape [{}]; {} has [{}]", name, fmt::join(found->second.sizes(), ", "),
                    title(network), fmt::join(shape, ", "));
  return found->second.detach().to(device, at::kFloat).contiguous();
}

/// ImageNet's normalisation of [0, 1] images; one channel becomes three.
Tensor network_input(const Tensor& images) {
  const Tensor mean = at::tensor({0.485f, 0.456f, 0.406f}).to(images.device()).view({1, 3, 1, 1});
  const Tensor deviation = at::tensor({0.229f, 0.224f, 0.225f}).to(images.device()).view({1, 3, 1, 1});
  return (images.to(at::kFloat) - mean) / deviation;
}

Tensor unit_length(const Tensor& features) {
  return features / (features.square().sum(1, /*keepdim=*/true).sqrt() + 1e-10);
}

}  // namespace

Lpips::Lpips(LpipsNetwork network, Pooling pooling, const WeightMap& weights, const at::Device& device)
    : network_(network), pooling_(pooling) {
  const std::vector<StageShape>& shapes = backbone(network);
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    Stage stage;
    stage.pool = shapes[k].pool;
    for (const ConvolutionShape& c : shapes[k].convolutions) {
      const std::string name = fmt::format("features.{}", c.index);
      const std::array<std::int64_t, 4> shape = {c.out, c.in, c.kernel, c.kernel};
      stage.layers.push_back({checked_weight(weights, name + ".weight", shape, network, device),
                              checked_weight(weights, name + ".bias", {c.out}, network, device), c.stride, c.padding});
    }
    const std::int64_t channels = shapes[k].convolutions.back().out;
    stage.head = checked_weight(weights, fmt::format("lin{}", k), {channels}, network, device).view({1, -1, 1, 1});
    stages_.push_back(std::move(stage));
  }
}

std::int64_t Lpips::least_side(LpipsNetwork network) { return network == LpipsNetwork::vgg16 ? 16 : 31; }

Tensor Lpips::pooled(const Tensor& features, std::int64_t side) const {
  return pooling_ == Pooling::average ? at::avg_pool2d(features, {side, side}, {2, 2})
                                      : at::max_pool2d(features, {side, side}, {2, 2});
}

Tensor Lpips::distance_of_few(const Tensor& sample, const Tensor& reference) const {
  const std::int64_t batch = sample.size(0);
  Tensor features = at::cat({network_input(sample), network_input(reference)});
  Tensor total = at::zeros({batch}, features.options());
  for (const Stage& stage : stages_) {
    if (stage.pool > 0) features = pooled(features, stage.pool);
    for (const Layer& layer : stage.layers) {
      const std::array<std::int64_t, 2> stride = {layer.stride, layer.stride};
      const std::array<std::int64_t, 2> padding = {layer.padding, layer.padding};
      features = at::conv2d(features, layer.weight, layer.bias, stride, at::IntArrayRef(padding)).relu_();
    }
    const Tensor unit = unit_length(features);
    const Tensor difference = unit.narrow(0, 0, batch) - unit.narrow(0, batch, batch);
    total += (difference.square() * stage.head).sum(1).flatten(1).mean(1);
  }
  return total.to(at::kDouble);
}

Tensor Lpips::distance(const Tensor& sample, const Tensor& reference) const {
  check_unit_images(sample, reference);
  const ImageShape shape = image_shape(sample);
  if (shape.channels != 1 && shape.channels != 3)
    throw Error(fmt::format("LPIPS compares images of 1 or 3 channels; these have {}", shape.channels));
  const std::int64_t least = least_side(network_);
  if (std::min(shape.height, shape.width) < least)
    throw Error(fmt::format("LPIPS on {0} needs images of at least {1} x {1} pixels; these have {2} x {3}",
                            title(network_), least, shape.height, shape.width));
  constexpr std::int64_t few = 8;  // pairs at a time: 256 x 256 features of VGG16 take 34 MB a pair
  std::vector<Tensor> parts;
  for (std::int64_t start = 0; start < sample.size(0); start += few) {
    const std::int64_t count = std::min(few, sample.size(0) - start);
    parts.push_back(distance_of_few(sample.narrow(0, start, count), reference.narrow(0, start, count)));
  }
  return at::cat(parts);
}

}  // namespace dpsbench
