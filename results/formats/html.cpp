#include "results/formats/html.h"

#include <fmt/format.h>

#include <cmath>

#include "core/words/printable.h"

namespace dpsbench {
namespace {

/// A text with σ_y as σ with a subscript.
std::string shown(const std::string& text) {
  std::string result = html_escaped(text);
  const std::string sign = "σ_y";
  const std::string subscript = "σ<sub>y</sub>";
  for (std::size_t at = result.find(sign); at != std::string::npos; at = result.find(sign, at + subscript.size()))
    result.replace(at, sign.size(), subscript);
  return result;
}

std::string classes_of(const TableEntry& entry) {
  std::string classes = entry.is_number() ? "number" : "";
  if (entry.emphasis != Emphasis::none) classes += entry.emphasis == Emphasis::best ? " best" : " tied";
  return classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
}

std::string html_row(const std::vector<TableEntry>& row, const std::function<std::string(const std::string&)>& link) {
  std::string text = "<tr>";
  for (std::size_t k = 0; k < row.size(); ++k) {
    const std::string words = plain_text(row[k]);
    std::string content = fmt::format("<span>{}</span>", shown(words));
    if (k == 0 && link)
      if (const std::string address = link(words); !address.empty())
        content = fmt::format("<a href=\"{}\">{}</a>", html_escaped(address), content);
    text += k == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", classes_of(row[k]), content)
                   : fmt::format("<td{}>{}</td>", classes_of(row[k]), content);
  }
  return text + "</tr>\n";
}

/// Whether a column has a number, so that its head stands above the digits.
bool has_numbers(const Table& table, std::size_t column) {
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      if (column < row.size() && row[column].is_number()) return true;
  return false;
}

std::string html_heads(const Table& table) {
  const std::vector<TableColumn>& columns = table.columns;
  std::string groups;
  bool grouped = false;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first + 1;
    while (last < columns.size() && columns[last].group == columns[first].group) ++last;
    grouped = grouped || !columns[first].group.empty();
    groups += fmt::format("<th scope=\"colgroup\" colspan=\"{}\"{}>{}</th>", last - first,
                          columns[first].group.empty() ? "" : " class=\"group\"", shown(columns[first].group));
    first = last;
  }
  std::string heads = grouped ? "<tr>" + groups + "</tr>\n" : "";
  heads += "<tr>";
  for (std::size_t k = 0; k < columns.size(); ++k)
    heads += fmt::format("<th scope=\"col\"{}>{}</th>", has_numbers(table, k) ? " class=\"number\"" : "",
                         shown(columns[k].title));
  return heads + "</tr>\n";
}

}  // namespace

std::string html_escaped(const std::string& raw) {
  std::string result;
  for (const char c : printable(raw)) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string to_html(const Table& table, const std::function<std::string(const std::string&)>& link) {
  std::string text = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n"
      "<caption class=\"unseen\">{0}</caption>\n<thead>\n{1}</thead>\n",
      html_escaped(table.title), html_heads(table));
  for (const TableSection& section : table.sections) {
    text += "<tbody>\n";
    if (!section.title.empty())
      text += fmt::format("<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"{}\"><span>{}</span></th></tr>\n",
                          table.columns.size(), shown(section.title));
    for (const auto& row : section.rows) text += html_row(row, link);
    text += "</tbody>\n";
  }
  text += "</table></div>\n";
  if (table.notes.empty()) return text;
  text += "<details><summary>What the numbers mean</summary><ul>\n";
  for (const std::string& note : table.notes) text += fmt::format("<li>{}</li>\n", shown(note));
  return text + "</ul></details>\n";
}

}  // namespace dpsbench
