#include <fmt/format.h>

#include <cmath>
#include <map>
#include <string_view>

#include "core/words/printable.h"
#include "results/formats/table.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_columns_of_a_page = 7;  ///< wider tables are shrunk to the width of the text

/// Signs that LaTeX reads as commands, and signs outside ASCII that our tables use.
const std::vector<std::pair<std::string_view, std::string_view>>& replacements() {
  static const std::vector<std::pair<std::string_view, std::string_view>> list = {{"σ_y", "$\\sigma_y$"},
                                                                                  {"\\", "\\textbackslash{}"},
                                                                                  {"{", "\\{"},
                                                                                  {"}", "\\}"},
                                                                                  {"$", "\\$"},
                                                                                  {"&", "\\&"},
                                                                                  {"#", "\\#"},
                                                                                  {"%", "\\%"},
                                                                                  {"_", "\\_"},
                                                                                  {"~", "\\textasciitilde{}"},
                                                                                  {"^", "\\textasciicircum{}"},
                                                                                  {"<", "\\textless{}"},
                                                                                  {">", "\\textgreater{}"},
                                                                                  {"|", "\\textbar{}"},
                                                                                  {"σ", "$\\sigma$"},
                                                                                  {"ω", "$\\omega$"},
                                                                                  {"ζ", "$\\zeta$"},
                                                                                  {"λ", "$\\lambda$"},
                                                                                  {"Δ", "$\\Delta$"},
                                                                                  {"±", "$\\pm$"},
                                                                                  {"×", "$\\times$"},
                                                                                  {"↑", "$\\uparrow$"},
                                                                                  {"↓", "$\\downarrow$"},
                                                                                  {"→", "$\\to$"},
                                                                                  {"≤", "$\\le$"},
                                                                                  {"–", "--"},
                                                                                  {"—", "---"},
                                                                                  {"−", "$-$"},
                                                                                  {"²", "$^2$"},
                                                                                  {"√", "$\\surd$"}};
  return list;
}

std::string latex_entry(const TableEntry& entry) {
  std::string text = latex_escaped(plain_text(entry));
  if (entry.is_number() && entry.value < 0 && !std::isnan(entry.value)) text = fmt::format("$-${}", text.substr(1));
  if (entry.emphasis == Emphasis::best) return fmt::format("\\textbf{{{}}}", text);
  if (entry.emphasis == Emphasis::tied) return fmt::format("\\underline{{{}}}", text);
  return text;
}

/// The row of column groups with its rules; empty if no column has a group.
std::string group_heads(const std::vector<TableColumn>& columns) {
  std::string heads;
  std::string rules;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    while (last + 1 < columns.size() && columns[last + 1].group == columns[first].group) ++last;
    if (first > 0) heads += " & ";
    heads += fmt::format("\\multicolumn{{{}}}{{c}}{{{}}}", last - first + 1, latex_escaped(columns[first].group));
    if (!columns[first].group.empty()) rules += fmt::format("\\cmidrule(lr){{{}-{}}}", first + 1, last + 1);
    first = last + 1;
  }
  return rules.empty() ? "" : heads + " \\\\\n" + rules + "\n";
}

std::string body(const Table& table) {
  std::string text;
  for (std::size_t i = 0; i < table.sections.size(); ++i) {
    if (i > 0) text += "\\midrule\n";
    const TableSection& section = table.sections[i];
    if (!section.title.empty())
      text += fmt::format("\\multicolumn{{{}}}{{l}}{{\\emph{{{}}}}} \\\\\n", table.columns.size(),
                          latex_escaped(section.title));
    for (const auto& row : section.rows) {
      std::vector<std::string> entries;
      for (const TableEntry& entry : row) entries.push_back(latex_entry(entry));
      text += fmt::format("{} \\\\\n", fmt::join(entries, " & "));
    }
  }
  return text;
}

std::string alignment(const Table& table) {
  std::string letters(table.columns.size(), 'l');
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      for (std::size_t i = 0; i < row.size() && i < letters.size(); ++i)
        if (row[i].is_number()) letters[i] = 'r';
  return letters;
}

}  // namespace

std::string latex_escaped(const std::string& raw) {
  const std::string text = printable(raw);  // an empty line would end the argument of a command
  std::string result = text.starts_with('[') || text.starts_with('*') ? "{}" : "";  // after \\\\ an argument
  for (std::size_t at = 0; at < text.size();) {
    bool replaced = false;
    for (const auto& [sign, command] : replacements())
      if (text.compare(at, sign.size(), sign) == 0) {
        result += command;
        at += sign.size();
        replaced = true;
        break;
      }
    if (!replaced) result += text[at++];
  }
  return result;
}

std::string to_latex(const Table& table) {
  std::vector<std::string> heads;
  for (const TableColumn& column : table.columns) heads.push_back(latex_escaped(column.title));
  const bool wide = table.columns.size() > most_columns_of_a_page;
  std::string text = fmt::format("% needs \\usepackage{{booktabs}}{}\n\\begin{{table}}\n\\centering\n\\caption{{{}}}\n",
                                 wide ? " and \\usepackage{graphicx}" : "", latex_escaped(table.title));
  if (wide) text += "\\resizebox{\\linewidth}{!}{%\n";
  text +=
      fmt::format("\\begin{{tabular}}{{{}}}\n\\toprule\n{}{} \\\\\n\\midrule\n{}\\bottomrule\n\\end{{tabular}}{}\n",
                  alignment(table), group_heads(table.columns), fmt::join(heads, " & "), body(table), wide ? "}" : "");
  if (!table.notes.empty()) text += "\n\\medskip\n\\footnotesize\\raggedright\n";
  for (const std::string& note : table.notes) text += fmt::format("{}\\par\n", latex_escaped(note));
  return text + "\\end{table}\n";
}

}  // namespace dpsbench
