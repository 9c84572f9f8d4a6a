#include "results/paper/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "results/cells/metric_columns.h"
#include "results/paper/layout.h"
#include "results/paper/repeat_error.h"

namespace dpsbench {
namespace {

constexpr std::array<const char*, 3> paper_metrics = {"lpips", "ssim", "psnr"};  // in the order of its columns

constexpr double paper_rounding = 0.0005;  // it prints three decimals

constexpr std::array<const char*, 7> paper_titles = {"denoising, σ_y = 0.05",
                                                     "inpainting and super resolution, σ_y = 0.05",
                                                     "inpainting and super resolution, σ_y = 0.01",
                                                     "inpainting and super resolution, σ_y = 0.1",
                                                     "Table 2 on FFHQ with 95 % confidence intervals",
                                                     "Table 2 on ImageNet with 95 % confidence intervals",
                                                     "enhanced inpainting on ImageNet, σ_y = 0.05"};

std::string dataset_title(const std::string& name) {
  if (name == "ffhq") return "FFHQ";
  return name == "imagenet" ? "ImageNet" : name;
}

std::string title_of(const PaperLayout& layout, const std::string& what) {
  std::string title = fmt::format("{} {} of the paper: {}", what, layout.table,
                                  paper_titles.at(static_cast<std::size_t>(layout.table) - 1));
  if (!layout.same_data) {
    std::vector<std::string> names;
    for (const std::string& name : layout.datasets) names.push_back(dataset_title(name));
    title += fmt::format(" — here on {}", fmt::join(names, " and "));
  }
  if (!layout.same_prior) title += layout.same_data ? " — with another prior" : ", with another prior";
  return title;
}

std::vector<std::string> notes_of(const PaperLayout& layout, const std::vector<CellResult>& cells) {
  std::vector<std::string> notes;
  if (!layout.same_data || !layout.same_prior)
    notes.emplace_back("Data set or prior are not the paper's: its numbers are no yardstick for these.");
  std::vector<const MetricEntry*> shown;
  for (const char* name : paper_metrics) shown.push_back(&find_metric(name));
  for (const std::string& note : metric_notes(shown)) notes.push_back(note);
  for (const std::string& note : provenance_notes(cells)) notes.push_back(note);
  return notes;
}

/// Our entries of one metric and data set, a line each; lines without a cell of ours get an entry without value.
std::vector<TableEntry> our_entries(const PaperSection& section, std::size_t dataset, const MetricEntry& metric) {
  std::vector<const CellResult*> cells;
  for (const PaperLine& line : section.lines)
    if (line.ours[dataset] != nullptr) cells.push_back(line.ours[dataset]);
  const std::vector<TableEntry> found = metric_entries(metric, cells, true);
  std::vector<TableEntry> entries;
  std::size_t next = 0;
  for (const PaperLine& line : section.lines)
    entries.push_back(line.ours[dataset] == nullptr ? TableEntry::number(NAN, metric.decimals) : found[next++]);
  return entries;
}

bool has_ours(const PaperLine& line) {
  return std::ranges::any_of(line.ours, [](const CellResult* cell) { return cell != nullptr; });
}

std::string verdict(const TableEntry& difference) {
  if (std::isnan(difference.value)) return "";
  if (std::isnan(difference.half_width)) return "cannot tell";
  return std::abs(difference.value) <= difference.half_width + paper_rounding ? "inside" : "outside";
}

/// The paper's mean, the difference of ours from it, and the verdict. `repeat`: the half-width of the difference of two
/// repetitions of ours, NaN where nothing tells it.
void append_comparison(const PaperRow* row, const std::string& metric, const TableEntry& ours, double repeat,
                       std::vector<TableEntry>& entries) {
  if (row == nullptr) {
    const TableEntry nothing = TableEntry::number(NAN, ours.decimals);
    entries.insert(entries.end(), {nothing, ours, nothing, TableEntry::words("")});
    return;
  }
  const PaperNumber& paper = row->metrics.at(metric);
  TableEntry difference = TableEntry::number(ours.value - paper.mean, ours.decimals, repeat);
  difference.signed_value = true;
  TableEntry printed = TableEntry::number(paper.mean, ours.decimals, paper.half_width);
  printed.as_printed = true;
  entries.insert(entries.end(), {printed, ours, difference, TableEntry::words(verdict(difference))});
}

}  // namespace

std::vector<std::string> paper_table_names() {
  std::vector<std::string> names;
  for (int table = 1; table <= 7; ++table) names.push_back(fmt::format("paper-table-{}", table));
  return names;
}

int paper_table_number(const std::string& layout) {
  const std::vector<std::string> names = paper_table_names();
  const auto found = std::ranges::find(names, layout);
  if (found == names.end())
    throw UserError("tables: there is no layout '{}'; allowed: summary, {}", layout, fmt::join(names, ", "));
  return static_cast<int>(found - names.begin()) + 1;
}

Table paper_table(int number, const std::vector<CellResult>& cells) {
  const PaperLayout layout = paper_layout(number, cells);
  Table table;
  table.title = title_of(layout, "Table");
  table.columns = {{"method", "Method", ""}};
  for (const std::string& dataset : layout.datasets)
    for (const char* name : paper_metrics)
      table.columns.push_back(
          {fmt::format("{}_{}", dataset, name), metric_head(find_metric(name)), dataset_title(dataset)});
  for (const PaperSection& section : layout.sections) {
    std::vector<std::vector<TableEntry>> rows;
    for (const PaperLine& line : section.lines) rows.push_back({TableEntry::words(line.label)});
    for (std::size_t d = 0; d < layout.datasets.size(); ++d)
      for (const char* name : paper_metrics) {
        const std::vector<TableEntry> entries = our_entries(section, d, find_metric(name));
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(entries[i]);
      }
    TableSection shown{section.title, {}};
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (has_ours(section.lines[i])) shown.rows.push_back(rows[i]);
    table.sections.push_back(shown);
  }
  table.notes = notes_of(layout, cells);
  return table;
}

Table paper_comparison(int number, const std::vector<CellResult>& cells) {
  const PaperLayout layout = paper_layout(number, cells);
  Table table;
  table.title = title_of(layout, "Beside Table");
  table.columns = {{"method", "Method", ""}};
  for (const std::string& dataset : layout.datasets)
    for (const char* name : paper_metrics) {
      const std::string key = fmt::format("{}_{}", dataset, name);
      const std::string group = fmt::format("{} {}", dataset_title(dataset), metric_head(find_metric(name)));
      table.columns.push_back({key + "_paper", "paper", group});
      table.columns.push_back({key, "ours", group});
      table.columns.push_back({key + "_difference", "ours − paper", group});
      table.columns.push_back({key + "_verdict", "verdict", group});
    }
  for (const PaperSection& section : layout.sections) {
    TableSection shown{section.title, {}};
    for (const PaperLine& line : section.lines) shown.rows.push_back({TableEntry::words(line.label)});
    for (std::size_t d = 0; d < layout.datasets.size(); ++d)
      for (const char* name : paper_metrics) {
        const std::vector<TableEntry> ours = our_entries(section, d, find_metric(name));
        for (std::size_t i = 0; i < ours.size(); ++i) {
          const CellResult* cell = section.lines[i].ours[d];
          const bool comparable = cell != nullptr && layout.same_data && layout.same_prior;
          const double repeat = comparable ? repeat_half_width(*cell, name, cells) : NAN;
          append_comparison(section.lines[i].paper[d], name, ours[i], repeat, shown.rows[i]);
        }
      }
    table.sections.push_back(shown);
  }
  table.notes = notes_of(layout, cells);
  table.notes.emplace_back(
      "Paper: means over 200 images, which are ours too: its intervals and ours are the spread between images, which "
      "both "
      "share, and say nothing of the difference. ours − paper ± √2 times the repeat error: the 95 % half-width of the "
      "difference of two runs of ours on the same images, from other seeds in this report or from several samples an "
      "image (whose mean varies less: √(1 + 1/S)). Inside: within it and the paper's rounding. Cannot tell: no repeat "
      "error, or not the paper's 200 images.");
  return table;
}

}  // namespace dpsbench
