#include <fmt/format.h>

#include <string_view>

#include "core/words/printable.h"
#include "results/formats/table.h"

namespace dpsbench {
namespace {

/// A text as Markdown that shows it as it is: no table, emphasis, link, picture, HTML, entity or formula begins in it,
/// and it stays on its line.
std::string escaped(const std::string& text) {
  constexpr std::string_view signs = "|*_<`\\[]~$";
  const std::string line = printable(text);
  std::string result;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool entity = line[at] == '&' && at + 1 < line.size() && line[at + 1] != ' ';
    if (entity || signs.find(line[at]) != std::string_view::npos) result += '\\';
    result += line[at];
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
