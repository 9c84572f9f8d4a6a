#include <fmt/format.h>

#include <algorithm>

#include "core/words/printable.h"
#include "results/formats/table.h"

namespace dpsbench {
namespace {

/// Columns that a UTF-8 text takes on a terminal; our tables use no double-width signs.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string space(width - std::min(width, width_of(text)), ' ');
  return right ? space + text : text + space;
}

/// The entry with its mark: every number has room for one, so that the digits stand below each other.
std::string marked(const TableEntry& entry) {
  if (!entry.is_number()) return printable(entry.text);
  const char* mark = entry.emphasis == Emphasis::best ? "*" : entry.emphasis == Emphasis::tied ? "=" : " ";
  return plain_text(entry) + mark;
}

std::string coloured(const std::string& text, Emphasis emphasis) {
  if (emphasis == Emphasis::best) return "\x1b[1m" + text + "\x1b[0m";
  if (emphasis == Emphasis::tied) return "\x1b[4m" + text + "\x1b[0m";
  return text;
}

std::string head_of(const TableColumn& column) {
  return printable(column.group.empty() ? column.title : column.group + " " + column.title);
}

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  for (const TableColumn& column : table.columns) widths.push_back(width_of(head_of(column)));
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
        widths[i] = std::max(widths[i], width_of(marked(row[i])));
  return widths;
}

std::string trimmed(const std::string& line) { return line.substr(0, line.find_last_not_of(' ') + 1) + "\n"; }

bool any_emphasis(const Table& table) {
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      for (const TableEntry& entry : row)
        if (entry.emphasis != Emphasis::none) return true;
  return false;
}

}  // namespace

std::string to_terminal(const Table& table, bool colour) {
  const std::vector<std::size_t> widths = column_widths(table);
  std::string text = printable(table.title) + "\n\n";
  std::string heads;
  for (std::size_t i = 0; i < widths.size(); ++i) heads += padded(head_of(table.columns[i]), widths[i], false) + "  ";
  text += trimmed(heads);
  for (const TableSection& section : table.sections) {
    if (!section.title.empty()) text += fmt::format("-- {} --\n", printable(section.title));
    for (const auto& row : section.rows) {
      std::string line;
      for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
        const std::string entry = padded(marked(row[i]), widths[i], row[i].is_number());
        line += (colour ? coloured(entry, row[i].emphasis) : entry) + "  ";
      }
      text += trimmed(line);
    }
  }
  if (any_emphasis(table)) text += "\n* best of its setting   = not distinguishable from the best\n";
  for (const std::string& note : table.notes) text += printable(note) + "\n";
  return text;
}

}  // namespace dpsbench
