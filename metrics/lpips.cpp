#include "metrics/parts/lpips.h"

#include "core/error.h"
#include "metrics/parts/metric_entry.h"

namespace dpsbench {
namespace {

MetricEntry lpips_entry(const std::string& name, const std::string& title, LpipsNetwork network, Pooling pooling,
                        const std::string& convention) {
  MetricEntry entry;
  entry.name = name;
  entry.title = title;
  entry.convention = convention;
  entry.better = Better::lower;
  entry.decimals = 3;
  entry.weights = network;
  entry.check = [name, side = at_least(name, Lpips::least_side(network))](const ImageShape& shape) {
    if (shape.channels != 1 && shape.channels != 3)
      throw UserError("the metric {} compares images of 1 or 3 channels; these have {}", name, shape.channels);
    side(shape);
  };
  entry.make = [=](const WeightMap& weights, const at::Device& device) -> MetricFunction {
    return [lpips = Lpips(network, pooling, weights, device)](const MetricInputs& inputs) {
      return lpips.distance(inputs.sample, inputs.reference);
    };
  };
  return entry;
}

}  // namespace

MetricEntry lpips_metric() {
  return lpips_entry("lpips", "LPIPS", LpipsNetwork::vgg16, Pooling::average,
                     "[0, 1] images, VGG16 with average in place of max pooling, heads v0.1 (piq 0.8.0 "
                     "replace_pooling); not comparable with max pooling");
}

MetricEntry lpips_vgg_max_metric() {
  return lpips_entry("lpips_vgg_max", "LPIPS (VGG, max)", LpipsNetwork::vgg16, Pooling::maximum,
                     "[0, 1] images, VGG16 with its max pooling, heads v0.1 (as the lpips package, net='vgg')");
}

MetricEntry lpips_alex_metric() {
  return lpips_entry("lpips_alex", "LPIPS (AlexNet)", LpipsNetwork::alexnet, Pooling::maximum,
                     "[0, 1] images, AlexNet, heads v0.1 (as the lpips package, net='alex')");
}

}  // namespace dpsbench
