// All seven tables of the paper in Markdown, LaTeX and CSV, with and without the paper's numbers beside.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include "results/files/durable_file.h"
#include "results/paper/numbers.h"
#include "results/paper/tables.h"
#include "tests/results/synthetic_cells.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

/// A cell for every row of the paper's table.
std::vector<CellResult> cells_of_table(int number) {
  std::vector<CellResult> cells;
  for (const PaperRow* row : paper_rows(number)) {
    const bool enhanced = row->method == "dps-w-enhanced";
    CellResult cell = testing::synthetic_cell({.task = row->task,
                                               .mask_fraction = row->mask_fraction.value_or(0),
                                               .sigma_y = row->sigma_y,
                                               .method = enhanced ? "dps-w" : row->method,
                                               .steps = row->method == "daps" ? 200 : row->steps,
                                               .psnr = row->metrics.at("psnr").mean,
                                               .lpips = row->metrics.at("lpips").mean,
                                               .dataset = row->dataset});
    if (row->method == "daps") cell.attributes["method.flow_steps"] = std::int64_t{5};
    if (enhanced) cell.attributes["method.enhanced"] = true;
    if (row->dataset == "imagenet")
      cell.attributes["prior"] = std::string("unet image_size=256 in_channels=3 num_channels=256");
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// How many columns a line of a tabular fills: its `&` that are not escaped, and what \multicolumn spans.
std::size_t columns_of_line(const std::string& line) {
  std::size_t columns = 1 + count_of(line, "&") - count_of(line, "\\&");
  const std::regex span(R"(\\multicolumn\{(\d+)\})");
  for (std::sregex_iterator at(line.begin(), line.end(), span), end; at != end; ++at)
    columns += std::stoul((*at)[1]) - 1;
  return columns;
}

/// What LaTeX reads of a file: all but the lines that are comments.
std::string without_comments(const std::string& file) {
  std::istringstream lines(file);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('%')) text += line + '\n';
  return text;
}

/// What LaTeX would refuse, found without it.
void expect_sound_latex(const std::string& file, std::size_t columns) {
  const std::string text = without_comments(file);
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); })) << text;
  EXPECT_EQ(count_of(text, "{") - count_of(text, "\\{"), count_of(text, "}") - count_of(text, "\\}"));
  EXPECT_EQ((count_of(text, "$") - count_of(text, "\\$")) % 2, 0U);
  const std::size_t tables = count_of(text, "\\begin{table");
  EXPECT_GE(tables, 1U);  // more columns or rows than a page holds are further tables
  for (const std::string piece : {"\\end{table", "\\begin{tabular}", "\\end{tabular}", "\\toprule", "\\bottomrule"})
    EXPECT_EQ(count_of(text, piece), tables) << piece;
  std::size_t numbers = 0;  // columns beside the first, which every table begins with, of all tables
  for (std::size_t at = text.find("\\begin{tabular}{"); at != std::string::npos;
       at = text.find("\\begin{tabular}{", at + 1)) {
    const std::size_t first = text.find("\\toprule", at);
    const std::string kinds = text.substr(at + std::string("\\begin{tabular}{").size(), first - at);
    const auto own = static_cast<std::size_t>(
        std::ranges::count_if(kinds.substr(0, kinds.find('}')), [](char c) { return c == 'l' || c == 'r'; }));
    numbers += own - 1;
    std::size_t rows = 0;
    for (const std::string& line : lines_of(text.substr(first, text.find("\\bottomrule", first) - first))) {
      if (line.find("\\\\") == std::string::npos) continue;
      EXPECT_EQ(columns_of_line(line), own) << line;
      ++rows;
    }
    EXPECT_GT(rows, 3U);
  }
  EXPECT_GE(numbers, columns - 1);
  EXPECT_EQ(numbers % (columns - 1), 0U) << "each lot of rows has all columns";
}

class PaperTableForms : public ::testing::TestWithParam<int> {};

TEST_P(PaperTableForms, HoldEveryRowInMarkdownLatexAndCsv) {
  const std::vector<CellResult> cells = cells_of_table(GetParam());
  for (const Table& table : {paper_table(GetParam(), cells), paper_comparison(GetParam(), cells)}) {
    std::size_t rows = 0;
    std::size_t numbers = 0;
    for (const TableSection& section : table.sections) rows += section.rows.size();
    for (const TableSection& section : table.sections)
      for (const auto& row : section.rows)
        numbers += static_cast<std::size_t>(std::ranges::count_if(
            row, [](const TableEntry& entry) { return entry.is_number() && !std::isnan(entry.value); }));
    std::set<std::string> datasets;
    for (const CellResult& cell : cells) datasets.insert(cell.text("dataset"));
    EXPECT_EQ(rows * datasets.size(), cells.size());
    EXPECT_GE(numbers, cells.size() * 2);  // LPIPS and PSNR of each: the synthetic cells have no SSIM

    const std::string markdown = to_markdown(table);
    const std::string csv = to_csv(table);
    EXPECT_EQ(count_of(markdown, "\n|"), 2 + table.sections.size() + rows);
    EXPECT_EQ(lines_of(csv).size(), 1 + rows);
    for (const std::string& line : lines_of(csv)) EXPECT_EQ(line.back(), '\r');
    expect_sound_latex(to_latex(table), table.columns.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, PaperTableForms, ::testing::Range(1, 8));

TEST(PaperTableLatex, Compiles) {
  if (std::system("command -v pdflatex >/dev/null && kpsewhich booktabs.sty >/dev/null") != 0)
    GTEST_SKIP() << "pdflatex with booktabs is not installed (Debian: texlive-latex-recommended)";
  const testing::TemporaryFolder folder;
  std::string document = "\\documentclass{article}\n\\usepackage{booktabs,graphicx}\n\\begin{document}\n";
  for (int number = 1; number <= 7; ++number) {
    const std::vector<CellResult> cells = cells_of_table(number);
    document += to_latex(paper_table(number, cells)) + "\\clearpage\n" + to_latex(paper_comparison(number, cells)) +
                "\\clearpage\n";
  }
  write_durably(folder.path() / "all.tex", as_bytes(document + "\\end{document}\n"));

  const int status = std::system(("cd " + folder.path().string() +
                                  " && pdflatex -interaction=nonstopmode -halt-on-error all.tex >/dev/null </dev/null")
                                     .c_str());

  EXPECT_EQ(status, 0);
  if (status != 0) {
    const Bytes log = read_bytes(folder.path() / "all.log");
    ADD_FAILURE() << std::string(reinterpret_cast<const char*>(log.data()), log.size());
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "all.pdf"));
}

}  // namespace
}  // namespace dpsbench
