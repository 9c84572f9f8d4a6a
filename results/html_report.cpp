#include "results/html_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "results/durable_file.h"
#include "results/embedded_files.h"
#include "results/metric_columns.h"
#include "results/picture_store.h"
#include "results/report_images.h"

namespace dpsbench {
namespace {

using nlohmann::json;

json entry_json(const TableEntry& entry) {
  const char* emphasis = entry.emphasis == Emphasis::best ? "best" : entry.emphasis == Emphasis::tied ? "tied" : "";
  // JSON has no numbers that are not finite: nlohmann writes null
  return {{"text", plain_text(entry)}, {"number", entry.is_number()}, {"value", entry.value}, {"emphasis", emphasis}};
}

json table_json(const Table& table) {
  json columns = json::array();
  for (const TableColumn& column : table.columns) columns.push_back({{"title", column.title}, {"group", column.group}});
  json sections = json::array();
  for (const TableSection& section : table.sections) {
    json rows = json::array();
    for (const auto& row : section.rows) {
      json entries = json::array();
      for (const TableEntry& entry : row) entries.push_back(entry_json(entry));
      rows.push_back(std::move(entries));
    }
    sections.push_back({{"title", section.title}, {"rows", std::move(rows)}});
  }
  return {{"title", table.title},
          {"columns", std::move(columns)},
          {"sections", std::move(sections)},
          {"notes", table.notes}};
}

json figures_json(const ReportParts& parts) {
  json figures = json::array();
  for (const Figure& figure : parts.figures) {
    const std::filesystem::path path = parts.figures_folder / (figure.stem + ".svg");
    if (std::filesystem::exists(path))
      figures.push_back({{"group", figure.group},
                         {"title", figure.title},
                         {"caption", figure.caption},
                         {"svg", base64(read_bytes(path))}});
  }
  return figures;
}

json metrics_json(const std::vector<CellResult>& cells) {
  json list = json::array();
  for (const MetricEntry* metric : metrics_of(cells))
    list.push_back({{"name", metric->name}, {"title", metric->title}, {"decimals", metric->decimals}});
  return list;
}

json facts_json(const ResultsFile& results) {
  std::set<std::string> images;
  std::set<std::string> datasets;
  for (const CellResult& cell : results.cells()) {
    images.insert(cell.image_ids.begin(), cell.image_ids.end());
    datasets.insert(cell.text("dataset"));
  }
  json facts = {{"Data set", fmt::format("{}", fmt::join(datasets, ", "))},
                {"Images", fmt::format("{}", images.size())},
                {"Cells", fmt::format("{}", results.cells().size())},
                {"Units", fmt::format("{} of {}", results.text("units_written"), results.text("units_planned"))}};
  json list = json::array();
  for (const char* name : {"Data set", "Images", "Cells", "Units"}) list.push_back({name, facts[name]});
  for (const auto& [title, attribute] : {std::pair("Device", "device"), std::pair("Date", "date"),
                                         std::pair("Version", "version"), std::pair("Revision", "git_revision")})
    if (const std::string text = results.text(attribute); !text.empty()) list.push_back({title, text});
  return list;
}

json warnings_json(const ResultsFile& results) {
  json warnings = json::array();
  if (results.text("complete") != "true")
    warnings.push_back(fmt::format("Unfinished: {} of {} units are done. Run the experiment again to go on.",
                                   results.text("units_written"), results.text("units_planned")));
  for (const CellResult& cell : results.cells())
    if (const std::string failed = cell.text("failed_images"); !failed.empty())
      warnings.push_back(fmt::format("{}: images that failed: {}", cell.id, failed));
  return warnings;
}

/// One list of entries a run of the program, from the JSON text that results.h5 keeps.
json runs_json(const ResultsFile& results) {
  json list = json::array();
  const json runs = json::parse(results.text("runs"), nullptr, false);
  if (!runs.is_array()) return list;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    json entries = json::array();
    for (const auto& [name, value] : runs[i].items())
      entries.push_back({name, value.is_string() ? value : json(value.dump())});
    list.push_back({{"title", fmt::format("Run {} of {}", i + 1, runs.size())}, {"entries", std::move(entries)}});
  }
  return list;
}

/// The template with the data at its mark. "</" would end the script that holds the data.
std::string filled_template(const json& report) {
  std::string data = report.dump(-1, ' ', false, json::error_handler_t::replace);
  for (std::size_t at = data.find("</"); at != std::string::npos; at = data.find("</", at + 3))
    data.replace(at, 2, "<\\/");
  std::string page = embedded_report_template;
  const std::string mark = "/*REPORT*/";
  const std::size_t place = page.find(mark);
  if (place == std::string::npos) throw Error("the report's template has no place for the data");
  return page.replace(place, mark.size(), data);
}

}  // namespace

std::string html_report(const ReportParts& parts) {
  PictureStore pictures(parts.encode_png);
  json tables = json::array();
  for (const Table& table : parts.tables) tables.push_back(table_json(table));
  json report = {{"title", parts.results.text("experiment")},
                 {"facts", facts_json(parts.results)},
                 {"warnings", warnings_json(parts.results)},
                 {"tables", std::move(tables)},
                 {"figures", figures_json(parts)},
                 {"metrics", metrics_json(parts.results.cells())},
                 {"settings", report_settings(parts.results, parts.images, pictures)},
                 {"films", report_films(parts.results, pictures)},
                 {"runs", runs_json(parts.results)},
                 {"experiment_text", parts.results.text("experiment_text")}};
  report["pictures"] = pictures.to_json();
  return filled_template(report);
}

}  // namespace dpsbench
