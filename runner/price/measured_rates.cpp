#include "runner/price/measured_rates.h"

#include <numeric>

#include "core/error.h"
#include "results/store/unit_store.h"

namespace dpsbench {

MeasuredRates::MeasuredRates(const std::filesystem::path& output) {
  const UnitStore store(output);
  for (const std::string& id : store.done()) {
    const StoredUnit stored = store.open(id).value();
    const UnitRecord& unit = stored.numbers();
    const double evaluations = unit.network_evaluations * static_cast<double>(unit.image_ids.size());
    const double rate = unit.seconds / evaluations;
    rates_[unit.attributes.at("task") + "/" + unit.attributes.at("method")].push_back(rate);
    all_.push_back(rate);
  }
  if (all_.empty()) throw UserError("{}: no finished unit to take times from", output.string());
}

MeasuredRates::Seconds MeasuredRates::of(const Cell& cell, double evaluations, std::size_t unit) const {
  const auto found = rates_.find(std::string(cell.task->name) + "/" + cell.method->name);
  const std::vector<double>& rates = found == rates_.end() ? all_ : found->second;
  const double mean = std::accumulate(rates.begin(), rates.end(), 0.0) / static_cast<double>(rates.size());
  return {evaluations * rates[unit % rates.size()], evaluations * mean};
}

}  // namespace dpsbench
