#include "results/paper/numbers.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "core/error.h"
#include "results/paper/embedded_numbers.h"

namespace dpsbench {
namespace {

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> fields;
  std::string field;
  std::istringstream text(line);
  while (std::getline(text, field, separator)) fields.push_back(field);
  return fields;
}

double number_or_nan(const std::string& text) {
  return text.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(text);
}

/// Columns: tables,dataset,task,mask_fraction,sigma_y,method,steps, then mean and half-width of each metric.
PaperRow parse_row(const std::string& line) {
  std::vector<std::string> fields = split(line, ',');
  fields.resize(13);
  PaperRow row;
  for (const std::string& table : split(fields[0], ' ')) row.tables.push_back(std::stoi(table));
  row.dataset = fields[1];
  row.task = fields[2];
  if (!fields[3].empty()) row.mask_fraction = std::stod(fields[3]);
  row.sigma_y = std::stod(fields[4]);
  row.method = fields[5];
  row.steps = std::stoi(fields[6]);
  std::size_t at = 7;
  for (const char* metric : {"lpips", "ssim", "psnr"}) {
    row.metrics[metric] = {std::stod(fields[at]), number_or_nan(fields[at + 1])};
    at += 2;
  }
  return row;
}

std::vector<PaperRow> parse_rows() {
  std::istringstream text(embedded_paper_numbers);
  std::string line;
  std::getline(text, line);  // the heads
  std::vector<PaperRow> rows;
  while (std::getline(text, line)) rows.push_back(parse_row(line));
  return rows;
}

}  // namespace

const std::vector<PaperRow>& paper_rows() {
  static const std::vector<PaperRow> rows = parse_rows();
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
