#include <fmt/format.h>

#include "results/formats/table.h"

namespace dpsbench {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '_' || c == '<' || c == '`' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string markdown_entry(const TableEntry& entry) {
  const std::string text = escaped(plain_text(entry));
  if (entry.emphasis == Emphasis::best) return fmt::format("**{}**", text);
  if (entry.emphasis == Emphasis::tied) return fmt::format("<u>{}</u>", text);
  return text;
}

std::string line_of(const std::vector<std::string>& entries) {
  return fmt::format("| {} |\n", fmt::join(entries, " | "));
}

/// A column is set to the right when its first entry is a number.
bool is_numeric(const Table& table, std::size_t column) {
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      if (column < row.size()) return row[column].is_number();
  return false;
}

}  // namespace

std::string to_markdown(const Table& table) {
  std::string text = fmt::format("### {}\n\n", escaped(table.title));
  std::vector<std::string> heads;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const TableColumn& column = table.columns[i];
    heads.push_back(escaped(column.group.empty() ? column.title : column.group + ": " + column.title));
    rules.push_back(is_numeric(table, i) ? "---:" : ":---");
  }
  text += line_of(heads) + line_of(rules);
  for (const TableSection& section : table.sections) {
    if (!section.title.empty()) {
      std::vector<std::string> heading(table.columns.size());
      heading.at(0) = fmt::format("*{}*", escaped(section.title));
      text += line_of(heading);
    }
    for (const auto& row : section.rows) {
      std::vector<std::string> entries;
      for (const TableEntry& entry : row) entries.push_back(markdown_entry(entry));
      text += line_of(entries);
    }
  }
  if (!table.notes.empty()) text += "\n";
  for (const std::string& note : table.notes) text += fmt::format("- {}\n", escaped(note));
  return text;
}

}  // namespace dpsbench
