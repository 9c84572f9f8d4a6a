#include "results/report/html.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/files/durable_file.h"
#include "results/files/file_stem.h"
#include "results/report/embedded_page.h"
#include "results/report/finding.h"
#include "results/report/images.h"
#include "results/report/picture_store.h"
#include "results/report/repeat.h"

namespace dpsbench {
namespace {

using nlohmann::json;

json entry_json(const TableEntry& entry) {
  const char* emphasis = entry.emphasis == Emphasis::best ? "best" : entry.emphasis == Emphasis::tied ? "tied" : "";
  // JSON has no numbers that are not finite: nlohmann writes null
  return {{"text", plain_text(entry)},
          {"number", entry.is_number()},
          {"value", entry.value},
          {"half_width", entry.half_width},
          {"emphasis", emphasis}};
}

json table_json(const Table& table) {
  json columns = json::array();
  for (const TableColumn& column : table.columns)
    columns.push_back({{"key", column.key}, {"title", column.title}, {"group", column.group}});
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
          {"stem", table.stem},
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
    list.push_back({{"name", metric->name},
                    {"title", metric->title},
                    {"decimals", metric->unit == "dB" ? 2 : metric->decimals},
                    {"better", metric->better == Better::higher  ? "higher"
                               : metric->better == Better::lower ? "lower"
                                                                 : "near_target"},
                    {"target", metric->target}});
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
                {"Cells", fmt::format("{}", results.cells().size())}};
  json list = json::array();
  for (const char* name : {"Data set", "Images", "Cells"}) list.push_back({name, facts[name]});
  for (const auto& [title, attribute] : {std::pair("Device", "device"), std::pair("Date", "date"),
                                         std::pair("Version", "version"), std::pair("Revision", "git_revision")}) {
    std::vector<std::string> texts;  // of all runs, each once
    for (const RunResult& run : results.runs())
      if (const std::string text = run.text(attribute); !text.empty() && std::ranges::find(texts, text) == texts.end())
        texts.push_back(text);
    if (!texts.empty()) list.push_back({title, fmt::format("{}", fmt::join(texts, ", "))});
  }
  return list;
}

json warnings_json(const ResultsFile& results) {
  json warnings = json::array();
  for (const RunResult& run : results.runs())
    if (run.text("complete") != "true")
      warnings.push_back(
          fmt::format("{}Unfinished: {} of {} images of all cells are done. Run the experiment again to go on.",
                      run.name.empty() ? "" : run.name + ": ", run.text("images_written"), run.text("images_planned")));
  for (const CellResult& cell : results.cells())
    if (const std::string failed = cell.text("failed_images"); !failed.empty())
      warnings.push_back(fmt::format("{}{}: images that failed: {}", cell.id, run_label(cell), failed));
  return warnings;
}

/// The starts of one run of an experiment, from the JSON text that results.h5 keeps.
void add_starts(const RunResult& run, json& list) {
  const json starts = json::parse(run.text("runs"), nullptr, false);
  if (!starts.is_array()) return;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    json entries = json::array();
    for (const auto& [name, value] : starts[i].items())
      if (value != "") entries.push_back({name, value.is_string() ? value : json(value.dump())});
    std::string title = starts.size() == 1 ? "Run" : fmt::format("Run {} of {}", i + 1, starts.size());
    if (!run.name.empty()) title = starts.size() == 1 ? run.name : fmt::format("{}, {}", run.name, title);
    list.push_back({{"title", title}, {"entries", std::move(entries)}});
  }
}

/// What was computed: wall time and network evaluations of all cells, from their own attributes.
json cost_json(const ResultsFile& results) {
  double seconds = 0;
  double evaluations = 0;
  for (const CellResult& cell : results.cells()) {
    seconds += cell.number("seconds");
    evaluations += cell.number("network_evaluations") * static_cast<double>(cell.image_ids.size());
  }
  json entries = json::array();  // pairs in braces alone would make an object
  entries.push_back(json::array({"sampling", fmt::format("{:.0f} s of wall time, summed over ranks", seconds)}));
  entries.push_back(
      json::array({"network evaluations", fmt::format("{:.0f} forward passes, image by image", evaluations)}));
  return {{"title", "Cost"}, {"entries", std::move(entries)}};
}

json runs_json(const ResultsFile& results) {
  json list = json::array();
  for (const RunResult& run : results.runs()) add_starts(run, list);
  list.push_back(cost_json(results));
  return list;
}

json experiments_json(const ResultsFile& results) {
  json list = json::array();
  for (const RunResult& run : results.runs())
    list.push_back({{"title", run.name.empty() ? "Experiment" : "Experiment of " + run.name},
                    {"file", file_stem(run.text("experiment")) + ".yaml"},
                    {"text", run.text("experiment_text")}});
  return list;
}

/// "quickstart", or the names of the runs that are compared.
std::string heading_of(const ResultsFile& results) {
  if (results.runs().size() == 1) return results.text("experiment");
  std::vector<std::string> names;
  for (const RunResult& run : results.runs()) names.push_back(run.name);
  return fmt::format("{}", fmt::join(names, " | "));
}

/// The commands that repeat rows, by the labels of tables: of the summary's method and steps, of others' both in one.
json repeat_json(const ResultsFile& results) {
  const CellLabels labels(results.cells());
  json list = json::array();
  for (const CellResult& cell : results.cells())
    if (const std::string command = repeat_command(results.runs().at(cell.run), cell); !command.empty())
      list.push_back({{"setting", labels.setting(cell)},
                      {"method", labels.method(cell)},
                      {"steps", cell.text("method.steps")},
                      {"method_and_steps", labels.method_and_steps(cell)},
                      {"command", command}});
  return list;
}

/// A part of the report as JSON in which "<" stands only escaped: as it is, it stands only within texts, where
/// "</script" would end the script that holds the data and "<!--<script" would hide its end.
void append_data(const json& part, std::string& page) {
  for (const char c : part.dump(-1, ' ', false, json::error_handler_t::replace))
    c == '<' ? page.append("\\u003c") : page.append(1, c);
}

/// The page with the data at its mark, part by part: with the pictures it is large, and is held once.
std::string filled_page(const json& report, const PictureStore& pictures) {
  const std::string empty = embedded_report_page;
  const std::string mark = "/*REPORT*/";
  const std::size_t place = empty.find(mark);
  if (place == std::string::npos) throw Error("the report's page has no place for the data");
  std::string page = empty.substr(0, place);
  page.reserve(empty.size() + pictures.bytes() + pictures.bytes() / 2);
  page += '{';
  for (const auto& [name, part] : report.items()) {
    if (page.back() != '{') page += ',';
    page += json(name).dump() + ":";
    name == "pictures" ? pictures.append_json(page) : append_data(part, page);
  }
  return page.append("}").append(empty, place + mark.size());
}

/// Whether numbers below a picture, which is of an image's first sample, are of several.
bool has_several_samples(const std::vector<CellResult>& cells) {
  return std::ranges::any_of(cells, [](const CellResult& cell) {
    return cell.attributes.contains("samples_per_image") && cell.number("samples_per_image") > 1;
  });
}

}  // namespace

std::string html_report(const ReportParts& parts) {
  PictureStore pictures(parts.encode_png);
  json tables = json::array();
  for (const Table& table : parts.tables) tables.push_back(table_json(table));
  json latex_signs = json::array();
  for (const auto& [sign, command] : latex_replacements()) latex_signs.push_back({sign, command});
  json settings = report_settings(parts, pictures);
  json report = {{"title", heading_of(parts.results)},
                 {"finding", finding(parts.results.cells())},
                 {"facts", facts_json(parts.results)},
                 {"warnings", warnings_json(parts.results)},
                 {"tables", std::move(tables)},
                 {"repeat", repeat_json(parts.results)},
                 {"latex_signs", std::move(latex_signs)},
                 {"figures", figures_json(parts)},
                 {"metrics", metrics_json(parts.results.cells())},
                 {"several_samples", has_several_samples(parts.results.cells())},
                 {"spread_scale", spread_scale},
                 {"images_left_out", images_left_out(parts, settings)},
                 {"settings", std::move(settings)},
                 {"films", report_films(parts.results, pictures)},
                 {"runs", runs_json(parts.results)},
                 {"experiments", experiments_json(parts.results)}};
  report["pictures"] = nullptr;  // its place in the order of names
  return filled_page(report, pictures);
}

}  // namespace dpsbench
