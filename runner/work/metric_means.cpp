#include "runner/work/metric_means.h"

#include <fmt/format.h>

#include <cmath>

namespace dpsbench {

MetricMeans::MetricMeans(std::vector<std::string> names)
    : names_(std::move(names)),
      sums_(at::zeros({static_cast<std::int64_t>(names_.size())}, at::kDouble)),
      counts_(at::zeros({static_cast<std::int64_t>(names_.size()) + 1}, at::kDouble)) {}

void MetricMeans::add(const UnitRecord& unit) {
  for (std::size_t k = 0; k < names_.size(); ++k) {
    const auto found = unit.metrics.find(names_[k]);
    if (found == unit.metrics.end()) continue;
    const Tensor finite = found->second.masked_select(found->second.isfinite());
    sums_[static_cast<std::int64_t>(k)] += finite.sum();
    counts_[static_cast<std::int64_t>(k)] += finite.numel();
  }
  counts_[-1] += static_cast<std::int64_t>(unit.image_ids.size());
}

void MetricMeans::sum_over_ranks(Collectives& collectives, const at::Device& device) {
  const Tensor all = at::cat({sums_, counts_}).to(device);
  collectives.sum(all);
  const std::vector<Tensor> parts = all.to(at::kCPU).split_with_sizes({sums_.size(0), counts_.size(0)});
  sums_ = parts[0];
  counts_ = parts[1];
}

std::int64_t MetricMeans::images() const { return std::llround(counts_[-1].item<double>()); }

std::string MetricMeans::text() const {
  std::string text = fmt::format("{} image{}", images(), images() == 1 ? "" : "s");
  for (std::size_t k = 0; k < names_.size(); ++k) {
    const double count = counts_[static_cast<std::int64_t>(k)].item<double>();
    if (count == 0) continue;
    const double mean = sums_[static_cast<std::int64_t>(k)].item<double>() / count;
    text += fmt::format("{} {} {:.4g}", k == 0 ? ", on average" : ",", names_[k], mean);
  }
  return text;
}

}  // namespace dpsbench
