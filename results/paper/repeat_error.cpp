#include "results/paper/repeat_error.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>

namespace dpsbench {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Repetitions of each image's value.
using Repetitions = std::map<std::string, std::vector<double>>;

bool differs_in_seed_alone(const CellResult& one, const CellResult& other) {
  if (one.text("seed") == other.text("seed")) return false;
  for (const char* name : {"dataset", "prior", "sigma_y", "precision", "hidden_noise", "noise"})
    if (one.text(name) != other.text(name)) return false;
  return one.state("task") == other.state("task") && one.state("method") == other.state("method");
}

void add_values(const CellResult& cell, const std::string& metric, Repetitions& repetitions) {
  const std::vector<double> values = cell.image_values(metric);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const auto found = repetitions.find(cell.image_ids[i]); found != repetitions.end())
      found->second.push_back(values[i]);
}

/// Of seeds if there are several, else of samples.
Repetitions repetitions_of(const CellResult& cell, const std::string& metric, const std::vector<CellResult>& cells) {
  Repetitions found;
  for (const std::string& image : cell.image_ids) found[image] = {};
  add_values(cell, metric, found);
  bool seeds = false;
  for (const CellResult& other : cells)
    if (differs_in_seed_alone(cell, other)) {
      add_values(other, metric, found);
      seeds = true;
    }
  const Tensor& samples = cell.metrics.at(metric);
  if (seeds || samples.dim() != 2) return found;
  found.clear();
  const Tensor values = samples.contiguous();
  for (std::int64_t i = 0; i < values.size(0); ++i) {
    const auto* const row = values.const_data_ptr<double>() + i * values.size(1);
    found[cell.image_ids[static_cast<std::size_t>(i)]] = {row, row + values.size(1)};
  }
  return found;
}

}  // namespace

double repeat_half_width(const CellResult& cell, const std::string& metric, const std::vector<CellResult>& cells) {
  const auto own = cell.metrics.find(metric);
  if (own == cell.metrics.end() || std::ssize(cell.image_ids) != paper_images) return undefined;
  double variances = 0;  // within images, added
  double freedom = 0;
  for (const auto& [image, values] : repetitions_of(cell, metric, cells)) {
    if (values.size() < 2) return undefined;
    double mean = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    variances += squares / static_cast<double>(values.size() - 1);
    freedom += static_cast<double>(values.size() - 1);
  }
  const double repeat_error = std::sqrt(variances) / static_cast<double>(paper_images);
  const auto averaged = static_cast<double>(own->second.dim() == 2 ? own->second.size(1) : 1);
  const double t = boost::math::quantile(boost::math::students_t(freedom), 0.975);
  return t * std::sqrt(1 + 1 / averaged) * repeat_error;
}

}  // namespace dpsbench
