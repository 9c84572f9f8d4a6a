#pragma once
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dpsbench {

/// How an entry stands out.
enum class Emphasis {
  none,
  best,  ///< bold
  tied,  ///< underlined: not distinguishable from the best
};

/// An entry of a table: a text, or a number with an optional half-width of its confidence interval.
struct TableEntry {
  std::string text;  ///< what is shown of a text; numbers are formatted by the table
  double value = std::numeric_limits<double>::quiet_NaN();
  double half_width = std::numeric_limits<double>::quiet_NaN();
  int decimals = -1;          ///< of a number; -1: this entry is a text
  bool signed_value = false;  ///< shows the plus sign too
  bool as_printed = false;    ///< `decimals` whatever the half-width; else two significant digits of it decide
  double least = std::numeric_limits<double>::quiet_NaN();  ///< smaller values are shown as "< least"
  Emphasis emphasis = Emphasis::none;

  static TableEntry words(std::string text) { return {.text = std::move(text)}; }
  static TableEntry number(double value, int decimals, double half_width = std::numeric_limits<double>::quiet_NaN(),
                           Emphasis emphasis = Emphasis::none) {
    return {.text = {}, .value = value, .half_width = half_width, .decimals = decimals, .emphasis = emphasis};
  }
  /// A p value: four decimals, "< 0.0001" below.
  static TableEntry p_value(double p) { return {.text = {}, .value = p, .decimals = 4, .least = 0.0001}; }
  [[nodiscard]] bool is_number() const { return decimals >= 0; }
  [[nodiscard]] bool operator==(const TableEntry&) const = default;
};

struct TableColumn {
  std::string key;    ///< in CSV files: "psnr"
  std::string title;  ///< for people: "PSNR (dB) ↑"
  std::string group;  ///< columns beside each other of one group share a head; empty: none
};

/// Rows under one heading.
struct TableSection {
  std::string title;  ///< may be empty
  std::vector<std::vector<TableEntry>> rows;
};

/// A table for people and programs, whatever it will be printed as.
struct Table {
  std::string title;
  std::vector<TableColumn> columns;
  std::vector<TableSection> sections;
  std::vector<std::string> notes;  ///< conventions, below the table
  std::string stem = {};           ///< of its files' names and of its LaTeX label: "paper-table-2"
};

/// The entry as plain text: "27.31 ± 0.22", "–" for a number that is not there. A half-width is shown with two
/// significant digits, its number with as many decimals.
std::string plain_text(const TableEntry& entry);

/// GitHub's Markdown: best in bold, tied underlined.
std::string to_markdown(const Table& table);

/// LaTeX table environments for the packages booktabs and graphicx, each with a \label of the table's stem; every text
/// escaped. They fit papers of one column and of two: wide ones stand across both, what does not fit is shrunk, further
/// groups of columns and more rows than a page holds are tables of their own. Notes, provenance among them, are
/// comments.
std::string to_latex(const Table& table);

/// RFC 4180: one line a row; columns `section`, then each column's key; numbers as <key>, <key>_half_width,
/// <key>_standing (best, tied or empty), in full precision; texts as csv_field() has them.
std::string to_csv(const Table& table);

/// Aligned columns for a terminal; best is marked with *, tied with =. `colour`: bold and underlined too.
std::string to_terminal(const Table& table, bool colour);

/// Signs that LaTeX reads as commands, signs outside ASCII that our tables use, and what stands for each.
const std::vector<std::pair<std::string_view, std::string_view>>& latex_replacements();

/// Text with LaTeX's special characters escaped, the signs that tables use as mathematics, all on one line.
std::string latex_escaped(const std::string& text);

/// Writes <stem>.md, <stem>.tex and <stem>.csv into a folder, which must exist. Throws DataError naming the file.
void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem);

}  // namespace dpsbench
