#include "metrics/registry.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/options.h"
#include "metrics/consistency.h"
#include "metrics/ms_ssim.h"
#include "metrics/posterior_metrics.h"
#include "metrics/psnr.h"
#include "metrics/ssim.h"

namespace dpsbench {
namespace {

std::function<void(const ImageShape&)> at_least(const std::string& name, std::int64_t side) {
  return [=](const ImageShape& shape) {
    if (std::min(shape.height, shape.width) < side)
      throw UserError("the metric {0} needs images of at least {1} x {1} pixels; these have {2} x {3}", name, side,
                      shape.height, shape.width);
  };
}

/// A metric of two images without weights.
template <typename Function>
auto pairwise(Function function) {
  return [function](const WeightMap&, const at::Device&) -> MetricFunction {
    return [function](const MetricInputs& inputs) { return function(inputs.sample, inputs.reference); };
  };
}

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

MetricEntry consistency_entry() {
  MetricEntry entry;
  entry.name = "consistency";
  entry.title = "Residual";
  entry.convention =
      "||A x - y|| / (sigma_y sqrt(m)) over the m measured entries, [-1, 1] images; 1 for a sample of the true "
      "posterior";
  entry.better = Better::near_target;
  entry.decimals = 3;
  entry.needs_measurement = true;
  entry.check = [](const ImageShape&) {};
  entry.make = [](const WeightMap&, const at::Device&) -> MetricFunction {
    return [](const MetricInputs& inputs) {
      if (!inputs.residual.defined()) throw Error("the metric consistency was given no residual A x - y");
      return consistency(inputs.residual, inputs.measured, inputs.sigma_y);
    };
  };
  return entry;
}

std::vector<MetricEntry> all_metrics() {
  std::vector<MetricEntry> list;
  list.push_back({.name = "psnr",
                  .title = "PSNR",
                  .unit = "dB",
                  .convention = "[0, 1] images, data range 1, -10 log10(MSE + 1e-8) over RGB of each image (piq 0.8.0)",
                  .better = Better::higher,
                  .decimals = 3,
                  .weights = {},
                  .check = [](const ImageShape&) {},
                  .make = pairwise(psnr)});
  list.push_back({.name = "ssim",
                  .title = "SSIM",
                  .unit = "",
                  .convention = "[0, 1] images, data range 1, 11 x 11 Gaussian window sigma 1.5, K 0.01 0.03, biased "
                                "covariance, mean over channels; shorter sides over 383 averaged down (piq 0.8.0)",
                  .better = Better::higher,
                  .decimals = 3,
                  .weights = {},
                  .check = at_least("ssim", ssim_window),
                  .make = pairwise(ssim)});
  list.push_back({.name = "ms_ssim",
                  .title = "MS-SSIM",
                  .unit = "",
                  .convention = "[0, 1] images, data range 1, 11 x 11 Gaussian window sigma 1.5, scale weights .0448 "
                                ".2856 .3001 .2363 .1333, mean over channels (piq 0.8.0)",
                  .better = Better::higher,
                  .decimals = 3,
                  .weights = {},
                  .check = at_least("ms_ssim", ms_ssim_least_side),
                  .make = pairwise(ms_ssim)});
  list.push_back(lpips_entry("lpips", "LPIPS", LpipsNetwork::vgg16, Pooling::average,
                             "[0, 1] images, VGG16 with average in place of max pooling, heads v0.1 (piq 0.8.0 "
                             "replace_pooling); not comparable with max pooling"));
  list.push_back(
      lpips_entry("lpips_vgg_max", "LPIPS (VGG, max)", LpipsNetwork::vgg16, Pooling::maximum,
                  "[0, 1] images, VGG16 with its max pooling, heads v0.1 (as the lpips package, net='vgg')"));
  list.push_back(lpips_entry("lpips_alex", "LPIPS (AlexNet)", LpipsNetwork::alexnet, Pooling::maximum,
                             "[0, 1] images, AlexNet, heads v0.1 (as the lpips package, net='alex')"));
  list.push_back(consistency_entry());
  for (MetricEntry& entry : posterior_metrics()) list.push_back(std::move(entry));
  return list;
}

}  // namespace

double MetricEntry::loss(double value) const {
  switch (better) {
    case Better::higher:
      return -value;
    case Better::lower:
      return value;
    case Better::near_target:
      return std::abs(value - target);
  }
  throw Error("unknown direction of a metric");
}

const std::vector<MetricEntry>& metrics() {
  static const std::vector<MetricEntry> list = all_metrics();
  return list;
}

const MetricEntry& find_metric(const std::string& name) {
  std::vector<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw UserError("there is no metric '{}'{}; allowed are {}", name,
                  nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest), fmt::join(names, ", "));
}

}  // namespace dpsbench
