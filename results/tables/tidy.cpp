#include "results/tables/tidy.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <set>

#include "results/cells/metric_columns.h"
#include "results/files/csv_field.h"

namespace dpsbench {
namespace {

/// The attributes of that role's options that any cell has: task.mask_fraction, task.scale, ...
std::set<std::string> option_columns(const std::vector<CellResult>& cells, const std::string& role) {
  std::set<std::string> names;
  for (const CellResult& cell : cells)
    for (const auto& [name, value] : cell.attributes)
      if (name.starts_with(role + ".")) names.insert(name);
  return names;
}

std::vector<std::string> cell_columns(const std::vector<CellResult>& cells) {
  std::vector<std::string> columns;
  for (const CellResult& cell : cells)
    if (cell.attributes.contains("run")) {
      columns.emplace_back("run");
      break;
    }
  columns.insert(columns.end(), {"cell", "dataset", "task"});
  for (const std::string& name : option_columns(cells, "task")) columns.push_back(name);
  columns.emplace_back("sigma_y");
  for (const CellResult& cell : cells)
    if (cell.attributes.contains("noise")) {  // other than Gaussian
      columns.emplace_back("noise");
      break;
    }
  columns.insert(columns.end(), {"seed", "method"});
  for (const std::string& name : option_columns(cells, "method")) columns.push_back(name);
  columns.insert(columns.end(), {"preset", "method_label"});
  return columns;
}

std::string cell_fields(const CellResult& cell, const std::vector<std::string>& columns) {
  std::vector<std::string> fields;
  for (const std::string& column : columns) fields.push_back(csv_field(column == "cell" ? cell.id : cell.text(column)));
  return fmt::format("{}", fmt::join(fields, ","));
}

}  // namespace

std::string tidy_csv(const std::vector<CellResult>& cells) {
  const std::vector<std::string> columns = cell_columns(cells);
  std::string text = fmt::format("{},image,group,sample,metric,value\r\n", fmt::join(columns, ","));
  auto out = std::back_inserter(text);
  for (const CellResult& cell : cells) {
    const std::string fields = cell_fields(cell, columns);
    for (const MetricEntry* metric : metrics_of(cells)) {
      const auto found = cell.metrics.find(metric->name);
      if (found == cell.metrics.end()) continue;
      const auto images = static_cast<std::int64_t>(cell.image_ids.size());
      const Tensor values = found->second.reshape({images, -1}).contiguous();
      const auto* value = values.data_ptr<double>();
      for (std::int64_t image = 0; image < images; ++image) {
        const auto row = static_cast<std::size_t>(image);
        const std::string id = csv_field(cell.image_ids[row]);
        const std::string group = cell.image_groups.empty() ? id : csv_field(cell.image_groups[row]);
        for (std::int64_t sample = 0; sample < values.size(1); ++sample, ++value)
          fmt::format_to(out, "{},{},{},{},{},{}\r\n", fields, id, group, sample, metric->name,
                         std::isfinite(*value) ? fmt::format("{}", *value) : "");
      }
    }
  }
  return text;
}

}  // namespace dpsbench
