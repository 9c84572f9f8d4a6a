#include "results/formats/table.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/words/printable.h"
#include "results/files/csv_field.h"
#include "results/files/durable_file.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using testing::TemporaryFolder;

Table sample_table() {
  Table table;
  table.title = "Trial_1: 50 % & more";
  table.columns = {
      {"method", "Method", ""}, {"psnr", "PSNR (dB) ↑", "FFHQ"}, {"lpips", "LPIPS ↓", "FFHQ"}, {"note", "Note", ""}};
  table.sections = {{"Inpainting 70 %, σ_y = 0.05",
                     {{TableEntry::words("dps-w"), TableEntry::number(30.6464, 2, 0.2481, Emphasis::best),
                       TableEntry::number(0.0912, 3, 0.003, Emphasis::tied), TableEntry::words("a, \"b\"")},
                      {TableEntry::words("dps | x"), TableEntry::number(27.818, 2, 0.216), TableEntry::number(NAN, 3),
                       TableEntry::words("")}}}};
  table.notes = {"PSNR: data range 1, -10 log10(MSE)"};
  return table;
}

/// What a stranger can put into titles, names and option words.
Table hostile_table() {
  const std::string text =
      "=1+1\n\n\x1b[2J[click](javascript:x) ![p](http://x) `c` <b> &lt; ~x~ $y$ | \xc2\x9b"
      "2J\r\tend";
  Table table;
  table.title = text;
  table.columns = {{text, text, text}, {"n", "n", ""}};
  table.sections = {{text, {{TableEntry::words(text), TableEntry::number(1, 0)}}}};
  table.notes = {text};
  return table;
}

TEST(Table, IsMarkdown) {
  EXPECT_EQ(to_markdown(sample_table()),
            "### Trial\\_1: 50 % & more\n"
            "\n"
            "| Method | FFHQ: PSNR (dB) ↑ | FFHQ: LPIPS ↓ | Note |\n"
            "| :--- | ---: | ---: | :--- |\n"
            "| *Inpainting 70 %, σ\\_y = 0.05* |  |  |  |\n"
            "| dps-w | **30.65 ± 0.25** | <u>0.0912 ± 0.0030</u> | a, \"b\" |\n"
            "| dps \\| x | 27.82 ± 0.22 | – |  |\n"
            "\n"
            "- PSNR: data range 1, -10 log10(MSE)\n");
}

TEST(Table, IsLatex) {
  Table table = sample_table();
  table.stem = "trial";
  EXPECT_EQ(to_latex(table),
            "% \\input this file; it needs \\usepackage{booktabs} and \\usepackage{graphicx}\n"
            "% PSNR: data range 1, -10 log10(MSE)\n"
            "\\begin{table}[tbp]\n"
            "\\centering\n"
            "\\caption{Trial\\_1: 50 \\% \\& more. Bold: best; underlined: not distinguishable from it on the same "
            "images. $\\pm$: half-width of the 95\\,\\% interval.}\n"
            "\\label{tab:trial}\n"
            "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
            "\\begin{tabular}{lrrl}\n"
            "\\toprule\n"
            "\\multicolumn{1}{c}{} & \\multicolumn{2}{c}{FFHQ} & \\multicolumn{1}{c}{} \\\\\n"
            "\\cmidrule(lr){2-3}\n"
            "Method & PSNR (dB) $\\uparrow$ & LPIPS $\\downarrow$ & Note \\\\\n"
            "\\midrule\n"
            "\\multicolumn{4}{l}{\\emph{Inpainting 70 \\%, $\\sigma_y$ = 0.05}} \\\\\n"
            "dps-w & \\textbf{30.65 $\\pm$ 0.25} & \\underline{0.0912 $\\pm$ 0.0030} & a, \"b\" \\\\\n"
            "dps \\textbar{} x & 27.82 $\\pm$ 0.22 & -- &  \\\\\n"
            "\\bottomrule\n"
            "\\end{tabular}}\n"
            "\\end{table}\n");
}

/// A table of that many groups of three numbers and rows.
Table large_table(std::size_t groups, std::size_t rows) {
  Table table;
  table.title = "Large";
  table.stem = "large";
  table.columns = {{"method", "Method", ""}};
  for (std::size_t group = 0; group < groups; ++group)
    for (const char* name : {"psnr", "ssim", "lpips"})
      table.columns.push_back({fmt::format("{}-{}", name, group), name, fmt::format("Task {}", group)});
  table.sections = {{"All", {}}};
  for (std::size_t row = 0; row < rows; ++row) {
    table.sections[0].rows.push_back({TableEntry::words(fmt::format("method {}", row))});
    for (std::size_t k = 0; k < 3 * groups; ++k)
      table.sections[0].rows.back().push_back(TableEntry::number(30.123, 2, 0.31));
  }
  return table;
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Table, IsSeveralOfLatexWhereItIsTooLargeForAPage) {
  const std::string wide = to_latex(large_table(7, 23));
  EXPECT_EQ(times_in(wide, "\\begin{table*}"), 2U);  // three groups of three columns beside the method, the rest
  EXPECT_EQ(times_in(wide, "\\begin{table}"), 1U);
  EXPECT_EQ(times_in(wide, "\\begin{tabular}{lrrrrrrrrr}"), 2U);
  EXPECT_EQ(times_in(wide, "\\begin{tabular}{lrrr}"), 1U);
  EXPECT_EQ(times_in(wide, "method 22 "), 3U);
  for (const char* label : {"{tab:large}", "{tab:large-2}", "{tab:large-3}", "(3 of 3)"})
    EXPECT_EQ(times_in(wide, label), 1U) << label;

  const std::string tall = to_latex(large_table(1, 100));
  EXPECT_EQ(times_in(tall, "\\begin{table}"), 3U);
  EXPECT_EQ(times_in(tall, "All (continued)"), 2U);
  for (int row = 0; row < 100; ++row) EXPECT_EQ(times_in(tall, fmt::format("method {} &", row)), 1U) << row;
}

/// Compiles papers of one and of two columns with the tables that the page shows; nothing may be wider than its place.
TEST(Table, FitsPapersOfOneAndOfTwoColumns) {
  if (std::system("command -v pdflatex >/dev/null") != 0)
    GTEST_SKIP() << "pdflatex is not installed (Debian: texlive-latex-recommended)";
  Table named = sample_table();
  named.stem = "sample";
  const TemporaryFolder folder;
  for (const char* option : {"", "[twocolumn]"}) {
    const std::string paper = fmt::format(
        "\\documentclass{}{{article}}\n\\usepackage{{booktabs,graphicx}}\n\\begin{{document}}\nSee "
        "\\ref{{tab:sample}}, "
        "\\ref{{tab:large}} and \\ref{{tab:large-3}}.\n{}{}{}\\clearpage\n\\end{{document}}\n",
        option, to_latex(named), to_latex(large_table(7, 23)), to_latex(hostile_table()));
    write_durably(folder.path() / "paper.tex", as_bytes(paper));
    const std::string run = fmt::format(
        "cd {} && pdflatex -interaction=nonstopmode -halt-on-error paper.tex >said 2>&1", folder.path().string());
    for (int pass = 0; pass < 2; ++pass) EXPECT_EQ(std::system(run.c_str()), 0);
    const Bytes bytes = read_bytes(folder.path() / "paper.log");
    const std::string log(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const char* trouble :
         {"Overfull \\hbox", "too large for page", "LaTeX Warning: Reference", "multiply defined"})
      EXPECT_EQ(times_in(log, trouble), 0U) << option << trouble << log.substr(log.size() - 3000);
  }
}

TEST(Table, IsCsvWithEveryNumberInFull) {
  EXPECT_EQ(to_csv(sample_table()),
            "section,method,psnr,psnr_half_width,psnr_standing,lpips,lpips_half_width,lpips_standing,note\r\n"
            "\"Inpainting 70 %, σ_y = 0.05\",dps-w,30.6464,0.2481,best,0.0912,0.003,tied,\"a, \"\"b\"\"\"\r\n"
            "\"Inpainting 70 %, σ_y = 0.05\",dps | x,27.818,0.216,,,,,\r\n");
}

TEST(Table, IsAlignedOnATerminal) {
  EXPECT_EQ(to_terminal(sample_table(), false),
            "Trial_1: 50 % & more\n"
            "\n"
            "Method   FFHQ PSNR (dB) ↑  FFHQ LPIPS ↓      Note\n"
            "-- Inpainting 70 %, σ_y = 0.05 --\n"
            "dps-w       30.65 ± 0.25*  0.0912 ± 0.0030=  a, \"b\"\n"
            "dps | x     27.82 ± 0.22                 –\n"
            "\n"
            "* best of its setting   = not distinguishable from the best\n"
            "PSNR: data range 1, -10 log10(MSE)\n");
  EXPECT_NE(to_terminal(sample_table(), true).find("\x1b[1m"), std::string::npos);
}

TEST(Table, EscapesWhatLatexWouldReadAsCommands) {
  EXPECT_EQ(latex_escaped("\\ { } $ & # % _ ~ ^ < > |"),
            "\\textbackslash{} \\{ \\} \\$ \\& \\# \\% \\_ \\textasciitilde{} \\textasciicircum{} \\textless{} "
            "\\textgreater{} \\textbar{}");
  EXPECT_EQ(latex_escaped("σ ≤ ζ — ω × 2 → √λ²"),
            "$\\sigma$ $\\le$ $\\zeta$ --- $\\omega$ $\\times$ 2 $\\to$ $\\surd$$\\lambda$$^2$");
}

TEST(Table, OfHostileTextsKeepsItsLinesAndShowsNoControlCharacters) {
  for (const auto& [text, lines] :
       {std::pair(to_markdown(hostile_table()), 8), std::pair(to_terminal(hostile_table(), false), 6)}) {
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), lines) << text;
    EXPECT_EQ(printable(text, "\n"), text);
  }
  const std::string latex = to_latex(hostile_table());
  EXPECT_EQ(printable(latex, "\n"), latex);
  EXPECT_THAT(latex, ::testing::HasSubstr("\\caption{=1+1  ?[2J[click]"));  // on one line
}

TEST(Table, ShowsNoLinkPictureOrCodeInMarkdown) {
  const std::string text = to_markdown(hostile_table());
  for (const char* sign : {"[", "]", "`", "<", "~", "$", "|", "&"}) {
    const std::string cell = text.substr(0, text.find('\n'));  // the heading
    for (std::size_t at = cell.find(sign); at != std::string::npos; at = cell.find(sign, at + 1))
      EXPECT_EQ(cell[at - 1], '\\') << sign << " in " << cell;
  }
}

TEST(Table, StartsNoRowOfLatexWithAnArgumentOfTheRowBefore) {
  EXPECT_EQ(latex_escaped("[2em]"), "{}[2em]");
  EXPECT_EQ(latex_escaped("*"), "{}*");
}

TEST(CsvField, HoldsNoFormula) {
  for (const char* text : {"=1+1", "+cmd", "-2+3", "-cmd|x", "-A1:B2", "@sum", "\tx"})
    EXPECT_EQ(csv_field(text), std::string("'") + text);
  EXPECT_EQ(csv_field("\r=1"), "\"'\r=1\"");
  for (const char* text : {"plain", "--help", "-rf", "-0.5", "+3", "-1e-3", "a=b", "", "–"})
    EXPECT_EQ(csv_field(text), text);
  EXPECT_EQ(csv_field("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

TEST(Table, WritesNegativeAndSignedNumbers) {
  TableEntry difference = TableEntry::number(0.5, 1, 0.2);
  difference.signed_value = true;
  EXPECT_EQ(plain_text(difference), "+0.50 ± 0.20");
  Table table;
  table.columns = {{"x", "X", ""}};
  table.sections = {{"", {{TableEntry::number(-0.25, 2)}}}};
  EXPECT_NE(to_latex(table).find("$-$0.25 \\\\"), std::string::npos);
}

TEST(Table, IsWrittenInThreeForms) {
  const TemporaryFolder folder;
  write_table(sample_table(), folder.path(), "summary");
  for (const char* ending : {".md", ".tex", ".csv"})
    EXPECT_TRUE(std::filesystem::exists(folder.path() / (std::string("summary") + ending))) << ending;
}

TEST(PlainText, ShowsTwoSignificantDigitsOfTheHalfWidthAndAsManyDecimalsOfTheNumber) {
  EXPECT_EQ(plain_text(TableEntry::number(31.7463, 2, 0.3518)), "31.75 ± 0.35");
  EXPECT_EQ(plain_text(TableEntry::number(31.7463, 2, 1.2345)), "31.7 ± 1.2");
  EXPECT_EQ(plain_text(TableEntry::number(31.7463, 2, 12.345)), "32 ± 12");
  EXPECT_EQ(plain_text(TableEntry::number(317.4, 2, 123.4)), "317 ± 123");
  EXPECT_EQ(plain_text(TableEntry::number(0.0912, 3, 0.00996)), "0.091 ± 0.010");
  EXPECT_EQ(plain_text(TableEntry::number(0.0912345, 3, 0.0000412)), "0.091234 ± 0.000041");
  EXPECT_EQ(plain_text(TableEntry::number(31.7463, 2, 0)), "31.75 ± 0.00");
  EXPECT_EQ(plain_text(TableEntry::number(1e-11, 3, 3e-11)), "0.000 ± 0.000");  // rounding, not a measurement
  EXPECT_EQ(plain_text(TableEntry::number(31.7463, 2)), "31.75");
  TableEntry printed = TableEntry::number(0.06, 3, 0.002);
  printed.as_printed = true;
  EXPECT_EQ(plain_text(printed), "0.060 ± 0.002");
}

TEST(PlainText, OfAPValueBelowTheLeastShownSaysSo) {
  EXPECT_EQ(plain_text(TableEntry::p_value(0.04321)), "0.0432");
  EXPECT_EQ(plain_text(TableEntry::p_value(0.0001)), "0.0001");
  EXPECT_EQ(plain_text(TableEntry::p_value(0.00005)), "< 0.0001");
  EXPECT_EQ(plain_text(TableEntry::p_value(0)), "< 0.0001");
  EXPECT_EQ(plain_text(TableEntry::p_value(NAN)), "–");
}

}  // namespace
}  // namespace dpsbench
