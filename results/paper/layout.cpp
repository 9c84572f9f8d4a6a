#include "results/paper/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "results/cells/cell_label.h"

namespace dpsbench {
namespace {

bool equal(double one, double other) { return std::abs(one - other) < 1e-9; }

bool same_task(const PaperRow& row, const CellResult& cell) {
  if (cell.text("task") != row.task || !equal(cell.number("sigma_y"), row.sigma_y)) return false;
  if (row.mask_fraction) return equal(cell.number("task.mask_fraction"), *row.mask_fraction);
  return row.task != "super_resolution" || cell.text("task.scale") == "4";
}

std::string paper_method(const CellResult& cell) {
  const std::string method = cell.text("method");
  return method == "dps-w" && cell.text("method.enhanced") == "true" ? "dps-w-enhanced" : method;
}

/// Steps as the paper counts them: DAPS's are the network evaluations of its annealing.
int paper_steps(const CellResult& cell) {
  const double steps = cell.attributes.contains("method.steps") ? cell.number("method.steps") : 0;
  const bool inner_flow = cell.text("method") == "daps" && cell.attributes.contains("method.flow_steps");
  return static_cast<int>(inner_flow ? steps * cell.number("method.flow_steps") : steps);
}

bool is_of_row(const PaperRow& row, const CellResult& cell) {
  return same_task(row, cell) && paper_method(cell) == row.method && paper_steps(cell) == row.steps;
}

std::string line_label(const PaperRow& row) {
  static const std::map<std::string, std::string> names = {{"exact", "Exact"}, {"dps", "DPS"},
                                                           {"dsg", "DSG"},     {"daps", "DAPS"},
                                                           {"dps-w", "DPS-w"}, {"dps-w-enhanced", "DPS-w enhanced"}};
  return row.steps == 1000 ? names.at(row.method) : fmt::format("{} {} steps", names.at(row.method), row.steps);
}

std::string section_title(const PaperRow& row) {
  if (row.task == "denoising") return "Denoising";
  if (row.task == "super_resolution") return "Super resolution ×4";
  return fmt::format("Inpainting {:.0f} %", 100 * row.mask_fraction.value());
}

/// Sorts cells into lines: which are taken, which are left.
class Sorter {
 public:
  Sorter(const std::vector<CellResult>& cells, std::vector<std::string> datasets)
      : cells_(cells), labels_(cells), datasets_(std::move(datasets)) {}

  /// The lines of one section: `rows` are the paper's of all data sets.
  std::vector<PaperLine> lines_of(const std::vector<const PaperRow*>& rows) {
    std::vector<PaperLine> lines;
    std::set<std::string> labels_done;
    for (const PaperRow* row : rows)
      if (labels_done.insert(line_label(*row)).second) add_paper_line(*row, rows, lines);
    for (const CellResult& cell : cells_)
      if (same_task(*rows[0], cell) && !taken_.contains(&cell))
        place(lines, fmt::format("{}, {} steps", labels_.method(cell), cell.text("method.steps")), cell, {});
    return lines;
  }

 private:
  /// The line of one row of the paper, or several if several of our cells are of it.
  void add_paper_line(const PaperRow& first, const std::vector<const PaperRow*>& rows, std::vector<PaperLine>& lines) {
    std::vector<const PaperRow*> paper(datasets_.size(), nullptr);
    for (const PaperRow* row : rows)
      for (std::size_t d = 0; d < datasets_.size(); ++d)
        if (line_label(*row) == line_label(first) && row->dataset == datasets_[d]) paper[d] = row;
    std::vector<const CellResult*> found;
    std::map<std::string, int> of_dataset;
    for (const CellResult& cell : cells_)
      if (is_of_row(first, cell)) {
        found.push_back(&cell);
        ++of_dataset[cell.text("dataset")];
      }
    const bool scan = std::ranges::any_of(of_dataset, [](const auto& entry) { return entry.second > 1; });
    for (const CellResult* cell : found) {
      const std::string options = labels_.method(*cell).substr(cell->text("method").size());
      place(lines, line_label(first) + (scan ? options : ""), *cell, paper);
    }
    if (found.empty())
      lines.push_back({line_label(first), paper, std::vector<const CellResult*>(datasets_.size(), nullptr)});
  }

  void place(std::vector<PaperLine>& lines, const std::string& label, const CellResult& cell,
             std::vector<const PaperRow*> paper) {
    paper.resize(datasets_.size(), nullptr);
    auto line = std::ranges::find(lines, label, &PaperLine::label);
    if (line == lines.end()) {
      lines.push_back({label, std::move(paper), std::vector<const CellResult*>(datasets_.size(), nullptr)});
      line = lines.end() - 1;
    }
    const auto dataset = std::ranges::find(datasets_, cell.text("dataset")) - datasets_.begin();
    line->ours[static_cast<std::size_t>(dataset)] = &cell;
    taken_.insert(&cell);
  }

  const std::vector<CellResult>& cells_;
  CellLabels labels_;
  std::vector<std::string> datasets_;
  std::set<const CellResult*> taken_;
};

/// Our data sets, the paper's first in its order.
std::vector<std::string> ordered_datasets(const std::vector<CellResult>& cells) {
  std::vector<std::string> datasets;
  for (const char* name : {"ffhq", "imagenet"})
    if (std::ranges::any_of(cells, [&](const CellResult& cell) { return cell.text("dataset") == name; }))
      datasets.emplace_back(name);
  for (const CellResult& cell : cells)
    if (std::ranges::find(datasets, cell.text("dataset")) == datasets.end()) datasets.push_back(cell.text("dataset"));
  return datasets;
}

}  // namespace

bool is_paper_prior(const CellResult& cell) {
  const std::string prior = cell.text("prior");
  const bool imagenet = cell.text("dataset") == "imagenet";
  return prior.find("image_size=256") != std::string::npos &&
         prior.find(imagenet ? "num_channels=256" : "num_channels=128") != std::string::npos;
}

PaperLayout paper_layout(int table, const std::vector<CellResult>& cells) {
  PaperLayout layout{.table = table, .datasets = ordered_datasets(cells), .sections = {}};
  std::vector<std::string> titles;  // in the paper's order
  std::map<std::string, std::vector<const PaperRow*>> rows_of;
  std::set<std::string> paper_datasets;
  for (const PaperRow* row : paper_rows(table)) {
    paper_datasets.insert(row->dataset);
    if (!rows_of.contains(section_title(*row))) titles.push_back(section_title(*row));
    rows_of[section_title(*row)].push_back(row);
  }
  Sorter sorter(cells, layout.datasets);
  for (const std::string& title : titles) {
    const std::vector<const PaperRow*>& rows = rows_of.at(title);
    if (std::ranges::none_of(cells, [&](const CellResult& cell) { return same_task(*rows[0], cell); })) continue;
    layout.sections.push_back({title, sorter.lines_of(rows)});
  }
  layout.same_data =
      std::ranges::all_of(layout.datasets, [&](const auto& name) { return paper_datasets.contains(name); });
  layout.same_prior = std::ranges::all_of(cells, is_paper_prior);
  return layout;
}

}  // namespace dpsbench
