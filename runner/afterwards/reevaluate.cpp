#include "runner/afterwards/reevaluate.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/error.h"
#include "core/words/tell.h"
#include "metrics/parts/unit_images.h"
#include "runner/afterwards/stored_operator.h"
#include "runner/station/lpips_weights.h"

namespace dpsbench {
namespace {

constexpr std::int64_t rows_at_once = 4;

/// The metrics of some rows of a cell, [rows] or [rows, S] each.
std::map<std::string, Tensor> metrics_of_rows(const ResultsFile& results, const CellResult& cell,
                                              const MetricSet& metrics, Judged judged, std::int64_t first,
                                              std::int64_t count) {
  const Tensor reference = results.read_rows(cell, "reference", first, count);
  Tensor samples = results.read_rows(cell, "samples", first, count);
  if (judged == Judged::mean_of_samples && samples.dim() == 5) samples = samples.mean(1);
  const bool several = samples.dim() == 5;
  if (!several) samples = samples.unsqueeze(1);
  const ImageShape shape = image_shape(reference);
  metrics.check(shape);
  MetricInputs inputs{{}, to_unit_range(reference), {}, {}, cell.number("sigma_y")};
  std::unique_ptr<Operator> op;
  Tensor measurement;
  if (metrics.needs_measurement()) {
    if (const std::string noise = cell.text("noise"); !noise.empty())
      throw UserError("{}: metrics of the residual are of Gaussian noise; noise of these measurements is {}", cell.id,
                      noise);
    op = stored_operator(cell, first, count, shape);
    measurement = results.read_rows(cell, "measurement", first, count);
    inputs.measured = op->measured();
  }
  std::map<std::string, std::vector<Tensor>> of_samples;
  for (std::int64_t s = 0; s < samples.size(1); ++s) {
    const Tensor sample = samples.select(1, s).contiguous();
    inputs.sample = to_unit_range(sample);
    if (op) inputs.residual = op->forward(sample) - measurement;
    for (auto& [name, values] : metrics.evaluate(inputs)) of_samples[name].push_back(values);
  }
  std::map<std::string, Tensor> joined;
  for (auto& [name, values] : of_samples) joined[name] = several ? at::stack(values, 1) : values.front();
  return joined;
}

/// The name again. Throws UserError for a metric that samples and measurement cannot tell.
const std::string& stored_samples_suffice(const std::string& name, const CellResult& cell) {
  if (const MetricEntry& metric = find_metric(name); metric.is_of_all_samples())
    throw UserError("{}: '{}' needs {}, which is at hand only while sampling: name it in the experiment's metrics",
                    cell.id, name, metric.of_posterior ? "the exact posterior" : "the prior's score");
  return name;
}

}  // namespace

std::map<std::string, Tensor> metrics_of_cell(const ResultsFile& results, const CellResult& cell,
                                              const MetricSet& metrics, Judged judged) {
  const at::NoGradGuard no_grad;
  std::map<std::string, std::vector<Tensor>> parts;
  const auto rows = static_cast<std::int64_t>(cell.image_ids.size());
  for (std::int64_t first = 0; first < rows; first += rows_at_once)
    for (auto& [name, values] :
         metrics_of_rows(results, cell, metrics, judged, first, std::min(rows_at_once, rows - first)))
      parts[name].push_back(values);
  std::map<std::string, Tensor> whole;
  for (auto& [name, values] : parts) whole[name] = at::cat(values);
  return whole;
}

void reevaluate(ResultsFile& results, const std::vector<std::string>& names, const std::filesystem::path& lpips_weights,
                const at::Device& device) {
  const at::NoGradGuard no_grad;
  WeightMap weights;
  if (!lpips_weights.empty()) weights = lpips_weight_map(SafetensorsFile(lpips_weights.string()));
  std::map<std::vector<std::string>, MetricSet> sets;  // by what is missing: the same for the cells of a run
  for (const std::string& name : names) static_cast<void>(find_metric(name));  // refuses unknown names
  for (CellResult& cell : results.cells()) {
    std::vector<std::string> missing;
    for (const std::string& name : names)
      if (!cell.metrics.contains(name)) missing.push_back(stored_samples_suffice(name, cell));
    if (!missing.empty()) {
      const auto [set, first] = sets.try_emplace(missing, missing, weights.empty() ? nullptr : &weights, device);
      tell("{}: {} from the stored samples\n", cell.id, fmt::join(missing, ", "));
      for (auto& [name, values] : metrics_of_cell(results, cell, set->second, Judged::each_sample))
        cell.metrics[name] = values;
    }
    std::erase_if(cell.metrics,
                  [&](const auto& entry) { return std::ranges::find(names, entry.first) == names.end(); });
  }
}

}  // namespace dpsbench
