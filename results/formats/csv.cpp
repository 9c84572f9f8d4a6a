#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/files/csv_field.h"
#include "results/formats/table.h"

namespace dpsbench {
namespace {

std::string number_text(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string standing(Emphasis emphasis) {
  if (emphasis == Emphasis::best) return "best";
  return emphasis == Emphasis::tied ? "tied" : "";
}

/// What a column holds: numbers, numbers with intervals, numbers that are compared.
struct ColumnKind {
  bool number = false;
  bool interval = false;
  bool compared = false;
};

std::vector<ColumnKind> column_kinds(const Table& table) {
  std::vector<ColumnKind> kinds(table.columns.size());
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      for (std::size_t i = 0; i < row.size() && i < kinds.size(); ++i) {
        kinds[i].number |= row[i].is_number();
        kinds[i].interval |= !std::isnan(row[i].half_width);
        kinds[i].compared |= row[i].emphasis != Emphasis::none;
      }
  return kinds;
}

void append_entry(const TableEntry& entry, const ColumnKind& kind, std::vector<std::string>& fields) {
  fields.push_back(entry.is_number() ? number_text(entry.value) : csv_field(entry.text));
  if (kind.interval) fields.push_back(number_text(entry.half_width));
  if (kind.compared) fields.push_back(standing(entry.emphasis));
}

}  // namespace

std::string to_csv(const Table& table) {
  const std::vector<ColumnKind> kinds = column_kinds(table);
  std::vector<std::string> heads = {"section"};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::string& key = table.columns[i].key;
    heads.push_back(csv_field(key));
    if (kinds[i].interval) heads.push_back(csv_field(key + "_half_width"));
    if (kinds[i].compared) heads.push_back(csv_field(key + "_standing"));
  }
  std::string text = fmt::format("{}\r\n", fmt::join(heads, ","));
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows) {
      std::vector<std::string> fields = {csv_field(section.title)};
      for (std::size_t i = 0; i < row.size() && i < kinds.size(); ++i) append_entry(row[i], kinds[i], fields);
      text += fmt::format("{}\r\n", fmt::join(fields, ","));
    }
  return text;
}

}  // namespace dpsbench
