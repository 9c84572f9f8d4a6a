#include "metrics/metric_set.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {

MetricSet::MetricSet(const std::vector<std::string>& names, const WeightMap* lpips_weights, const at::Device& device)
    : device_(device) {
  for (const std::string& name : names) {
    if (std::count(names.begin(), names.end(), name) > 1)
      throw UserError("metrics: '{}' is named more than once", name);
    const MetricEntry& entry = find_metric(name);
    if (entry.weights && lpips_weights == nullptr)
      throw UserError(
          "the metric {} needs the weights of {} with the heads of LPIPS: give lpips_weights a safetensors file", name,
          *entry.weights == LpipsNetwork::vgg16 ? "VGG16" : "AlexNet");
    bound_.push_back(
        {&entry, entry.make ? entry.make(entry.weights ? *lpips_weights : WeightMap{}, device) : MetricFunction()});
  }
}

void MetricSet::check(const ImageShape& shape) const {
  for (const Bound& metric : bound_) metric.entry->check(shape);
}

bool MetricSet::needs_measurement() const {
  return std::any_of(bound_.begin(), bound_.end(), [](const Bound& metric) { return metric.entry->needs_measurement; });
}

bool MetricSet::needs_posterior() const {
  return std::any_of(bound_.begin(), bound_.end(),
                     [](const Bound& metric) { return static_cast<bool>(metric.entry->of_posterior); });
}

bool MetricSet::needs_score() const {
  return std::any_of(bound_.begin(), bound_.end(),
                     [](const Bound& metric) { return static_cast<bool>(metric.entry->of_score); });
}

std::map<std::string, Tensor> MetricSet::evaluate(const ScoreInputs& inputs) const {
  std::map<std::string, Tensor> values;
  for (const Bound& metric : bound_)
    if (metric.entry->of_score) values[metric.entry->name] = metric.entry->of_score(inputs);
  return values;
}

std::map<std::string, Tensor> MetricSet::evaluate(const PosteriorInputs& inputs) const {
  std::map<std::string, Tensor> values;
  for (const Bound& metric : bound_)
    if (metric.entry->of_posterior) values[metric.entry->name] = metric.entry->of_posterior(inputs);
  return values;
}

std::map<std::string, Tensor> MetricSet::evaluate(const MetricInputs& inputs,
                                                  const std::set<std::string>& known) const {
  MetricInputs here = inputs;
  for (Tensor* tensor : {&here.sample, &here.reference, &here.residual, &here.measured})
    if (tensor->defined()) *tensor = tensor->to(device_);
  std::map<std::string, Tensor> values;
  for (const Bound& metric : bound_)
    if (metric.function && !known.contains(metric.entry->name))
      values[metric.entry->name] = metric.function(here).to(at::kCPU, at::kDouble);
  return values;
}

}  // namespace dpsbench
