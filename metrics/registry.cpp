#include "metrics/registry.h"

#include "core/error.h"
#include "core/options.h"
#include "core/words/nearest_name.h"

namespace dpsbench {

#define METRIC(name) MetricEntry name##_metric();
#include "metrics/metrics.inc"
#undef METRIC

const std::vector<MetricEntry>& metrics() {
  static const std::vector<MetricEntry> list = {
#define METRIC(name) name##_metric(),
#include "metrics/metrics.inc"
#undef METRIC
  };
  return list;
}

const MetricEntry& find_metric(const std::string& name) {
  std::vector<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw UserError("there is no metric '{}'{}; allowed are {}", name, did_you_mean(name, names), fmt::join(names, ", "));
}

}  // namespace dpsbench
