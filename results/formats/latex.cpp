#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/words/printable.h"
#include "results/formats/table.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_columns_of_a_column = 4;  ///< of a paper in two columns; wider tables stand across both
constexpr std::size_t most_columns_of_a_panel = 10;  ///< more, in groups, are further tables
constexpr std::size_t most_rows_of_a_page = 36;

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

/// Columns that stand beside each other: the first, and so many groups as fit on a page. Groups stay whole.
std::vector<std::vector<std::size_t>> panels(const Table& table) {
  const std::vector<TableColumn>& columns = table.columns;
  std::vector<std::vector<std::size_t>> found = {{}};
  const bool grouped = std::ranges::any_of(columns, [](const TableColumn& column) { return !column.group.empty(); });
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first + 1;
    while (grouped && first > 0 && !columns[first].group.empty() && last < columns.size() &&
           columns[last].group == columns[first].group)
      ++last;
    if (grouped && found.back().size() > 1 && found.back().size() + last - first > most_columns_of_a_panel)
      found.push_back({0});
    for (; first < last; ++first) found.back().push_back(first);
  }
  return found;
}

/// Sections in lots of so many rows as a page holds, their titles counted; a section that is longer goes on in the
/// next.
std::vector<std::vector<TableSection>> lots(const std::vector<TableSection>& sections) {
  std::vector<std::vector<TableSection>> found = {{}};
  std::size_t rows = 0;
  for (const TableSection& section : sections) {
    const std::size_t whole = section.rows.size() + 1;
    if (rows > 0 && rows + whole > most_rows_of_a_page) {
      found.emplace_back();
      rows = 0;
    }
    for (std::size_t first = 0; first < section.rows.size() || first == 0; first += most_rows_of_a_page) {
      if (first > 0) {
        found.emplace_back();
        rows = 0;
      }
      const std::size_t last = std::min(first + most_rows_of_a_page, section.rows.size());
      const auto begin = section.rows.begin();
      found.back().push_back({section.title + (first > 0 ? " (continued)" : ""),
                              {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last)}});
      rows += last - first + 1;
    }
  }
  return found;
}

Table part_of(const Table& table, const std::vector<std::size_t>& columns, std::vector<TableSection> sections) {
  Table part;
  for (const std::size_t column : columns) part.columns.push_back(table.columns[column]);
  for (TableSection& section : sections)
    for (auto& row : section.rows) {
      std::vector<TableEntry> entries;
      for (const std::size_t column : columns)
        if (column < row.size()) entries.push_back(row[column]);
      row = std::move(entries);
    }
  part.sections = std::move(sections);
  return part;
}

/// What a reader of the caption has to know of the entries.
std::string legend(const Table& table) {
  bool best = false;
  bool interval = false;
  for (const TableSection& section : table.sections)
    for (const auto& row : section.rows)
      for (const TableEntry& entry : row) {
        best = best || entry.emphasis == Emphasis::best;
        interval = interval || !std::isnan(entry.half_width);
      }
  return (best ? std::string(" Bold: best; underlined: not distinguishable from it on the same images.") : "") +
         (interval ? " $\\pm$: half-width of the 95\\,\\% interval." : "");
}

std::string tabular(const Table& part) {
  std::vector<std::string> heads;
  for (const TableColumn& column : part.columns) heads.push_back(latex_escaped(column.title));
  return fmt::format("\\begin{{tabular}}{{{}}}\n\\toprule\n{}{} \\\\\n\\midrule\n{}\\bottomrule\n\\end{{tabular}}",
                     alignment(part), group_heads(part.columns), fmt::join(heads, " & "), body(part));
}

}  // namespace

const std::vector<std::pair<std::string_view, std::string_view>>& latex_replacements() {
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

std::string latex_escaped(const std::string& raw) {
  const std::string text = printable(raw);  // an empty line would end the argument of a command
  std::string result = text.starts_with('[') || text.starts_with('*') ? "{}" : "";  // after \\\\ an argument
  for (std::size_t at = 0; at < text.size();) {
    bool replaced = false;
    for (const auto& [sign, command] : latex_replacements())
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
  std::string text =
      fmt::format("% \\input this file; it needs \\usepackage{{booktabs}} and \\usepackage{{graphicx}}\n");
  for (const std::string& note : table.notes) text += fmt::format("% {}\n", printable(note));
  const auto parts_down = lots(table.sections);
  const auto parts_across = panels(table);
  const std::size_t count = parts_down.size() * parts_across.size();
  std::size_t number = 0;
  for (const auto& sections : parts_down)
    for (const auto& columns : parts_across) {
      ++number;
      const Table part = part_of(table, columns, sections);
      const char* star = part.columns.size() > most_columns_of_a_column ? "*" : "";
      const std::string which = count > 1 ? fmt::format(" ({} of {})", number, count) : "";
      const std::string label = table.stem + (number > 1 ? fmt::format("-{}", number) : "");
      text += fmt::format(
          "\\begin{{table{0}}}[tbp]\n\\centering\n\\caption{{{1}{2}.{3}}}\n{4}"
          // as wide as it is, or shrunk to the column
          "\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%\n{5}}}\n\\end{{table{0}}}\n",
          star, latex_escaped(table.title), which, legend(part),
          label.empty() ? "" : fmt::format("\\label{{tab:{}}}\n", label), tabular(part));
    }
  return text;
}

}  // namespace dpsbench
