#include "results/paper/numbers.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "results/paper/csv_rows.h"
#include "results/paper/embedded_numbers.h"

namespace dpsbench {
namespace {

double number_or_nan(const std::string& text) {
  return text.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(text);
}

PaperRow paper_row(const std::map<std::string, std::string>& fields) {
  PaperRow row;
  for (const std::string& table : split(fields.at("tables"), ' ')) row.tables.push_back(std::stoi(table));
  row.dataset = fields.at("dataset");
  row.task = fields.at("task");
  if (!fields.at("mask_fraction").empty()) row.mask_fraction = std::stod(fields.at("mask_fraction"));
  row.sigma_y = std::stod(fields.at("sigma_y"));
  row.method = fields.at("method");
  row.steps = std::stoi(fields.at("steps"));
  for (const std::string metric : {"lpips", "ssim", "psnr"})
    row.metrics[metric] = {std::stod(fields.at(metric)), number_or_nan(fields.at(metric + "_half_width"))};
  return row;
}

std::vector<PaperRow> rows_of_the_paper() {
  std::vector<PaperRow> rows;
  for (const auto& fields : csv_rows(embedded_paper_numbers)) rows.push_back(paper_row(fields));
  return rows;
}

}  // namespace

const std::vector<PaperRow>& paper_rows() {
  static const std::vector<PaperRow> rows = rows_of_the_paper();
  return rows;
}

std::vector<const PaperRow*> paper_rows(int table) {
  std::vector<const PaperRow*> found;
  for (const PaperRow& row : paper_rows())
    if (std::ranges::find(row.tables, table) != row.tables.end()) found.push_back(&row);
  if (found.empty()) throw UserError("the paper has no table {}; allowed are 1 to 7", table);
  return found;
}

}  // namespace dpsbench
