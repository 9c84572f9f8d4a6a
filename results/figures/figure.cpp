#include "results/figures/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "core/words/printable.h"
#include "results/files/durable_file.h"

namespace dpsbench {
namespace {

/// Okabe and Ito's colours, told apart by colour-blind readers too.
constexpr std::array<const char*, 8> colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                "#E69F00", "#56B4E9", "#555555", "#8F3F97"};

/// A text in gnuplot's single quotes.
std::string gnuplot_text(const std::string& text) {
  std::string result = "'";
  for (const char c : printable(text)) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : "NaN"; }

/// A block of lines "x y value", a blank line after each row, as gnuplot takes a surface.
std::string grid_text(const Grid& grid) {
  std::string text = fmt::format("\n\n# {}\n# x y value\n", printable(grid.label));
  for (std::size_t j = 0; j < grid.y.size(); ++j) {
    if (j > 0) text += "\n";
    for (std::size_t i = 0; i < grid.x.size(); ++i)
      text += fmt::format("{:.5g} {:.5g} {:.5g}\n", grid.x[i], grid.y[j], grid.values[j * grid.x.size() + i]);
  }
  return text;
}

/// Blocks of lines "x y lower upper", a series each, two blank lines between; last the grid, if there is one.
std::string data_text(const Figure& figure) {
  std::string text = fmt::format("# {}\n# x: {}\n# y: {}\n", printable(figure.title), printable(figure.x_label),
                                 printable(figure.y_label));
  for (const Series& series : figure.series) {
    text += fmt::format("\n\n# {}\n# x y lower upper\n", printable(series.title));
    for (std::size_t i = 0; i < series.x.size(); ++i)
      text += fmt::format("{} {} {} {}\n", number(series.x[i]), number(series.y[i]),
                          series.lower.empty() ? "NaN" : number(series.lower[i]),
                          series.upper.empty() ? "NaN" : number(series.upper[i]));
  }
  if (figure.grid) text += grid_text(*figure.grid);
  return text;
}

/// On a logarithmic axis the points of several series at the same x stand beside each other, 2 % apart.
std::string x_column(const Figure& figure, std::size_t k) {
  if (!figure.log_x || figure.series.size() < 2) return "1";
  const double middle = (static_cast<double>(figure.series.size()) - 1) / 2;
  return fmt::format("($1*{:.4f})", 1 + 0.02 * (static_cast<double>(k) - middle));
}

/// A series in a style of its own; empty for the usual one.
std::string styled(const Series& series, const std::string& data, const std::string& colour, const std::string& title) {
  switch (series.style) {
    case SeriesStyle::usual:
      return "";
    case SeriesStyle::line:
      return fmt::format("{} using 1:2 with lines lw 1.2 lc rgb '{}' title {}", data, colour, title);
    case SeriesStyle::dashes:
      return fmt::format("{} using 1:2 with lines lw 1.6 dt (6,4) lc rgb '#111111' title {}", data, title);
    case SeriesStyle::area:
      return fmt::format("{} using 1:2 with filledcurves y1=0 fs transparent solid 0.35 noborder lc rgb '{}' title {}",
                         data, colour, title);
    case SeriesStyle::dots:
      return fmt::format("{} using 1:2 with points pt 7 ps 0.45 lc rgb '{}' title {}", data, colour, title);
  }
  return "";
}

/// gnuplot counts the comment block at the top of the file as none: series k is block k.
void add_series(const Figure& figure, std::size_t k, std::vector<std::string>& parts) {
  const std::string data = fmt::format("{} index {}", gnuplot_text(figure.stem + ".dat"), k);
  const std::string own = figure.series[k].colour;
  const std::string colour = own.empty() ? colours[k % colours.size()] : own;
  const std::string title = gnuplot_text(figure.series[k].title);
  if (const std::string part = styled(figure.series[k], data, colour, title); !part.empty()) {
    parts.push_back(part);
    return;
  }
  const bool interval = !figure.series[k].lower.empty();
  switch (figure.kind) {
    case FigureKind::bands:
      if (interval)
        parts.push_back(fmt::format(
            "{} using 1:3:4 with filledcurves fs transparent solid 0.15 noborder lc rgb '{}' notitle", data, colour));
      // colours come round again: dashed then
      parts.push_back(fmt::format("{} using 1:2 with lines lw 1.6 dt {} lc rgb '{}' title {}", data,
                                  k / colours.size() + 1, colour, title));
      return;
    case FigureKind::points:
      if (interval)
        parts.push_back(fmt::format("{} using {}:2:3:4 with yerrorbars pt -1 lw 1.2 lc rgb '{}' notitle", data,
                                    x_column(figure, k), colour));
      parts.push_back(fmt::format("{} using {}:2 with linespoints lw 1.6 pt 7 ps 0.6 lc rgb '{}' title {}", data,
                                  x_column(figure, k), colour, title));
      return;
    case FigureKind::scatter:
      parts.push_back(fmt::format("{} using 1:2 with points pt 7 ps 0.7 lc rgb '{}' title {}", data, colour, title));
      return;
  }
}

std::string plot_command(const Figure& figure) {
  std::vector<std::string> parts;
  if (figure.kind == FigureKind::scatter) parts.emplace_back("x with lines lw 1 dt 2 lc rgb '#999999' notitle");
  if (figure.grid) {
    parts.push_back(fmt::format("{} index {} using 1:2:3 with image notitle", gnuplot_text(figure.stem + ".dat"),
                                figure.series.size()));
    parts.emplace_back("$contours using 1:2 with lines lw 0.7 lc rgb '#ffffff' notitle");
  }
  for (std::size_t k = 0; k < figure.series.size(); ++k) add_series(figure, k, parts);
  return fmt::format("plot {}\n", fmt::join(parts, ", \\\n     "));
}

/// The mark's text stands on the side of it where there is more room.
std::string mark_text(const Figure& figure) {
  const Mark& mark = *figure.mark;
  double least = mark.x;
  double greatest = mark.x;
  for (const Series& series : figure.series)
    for (const double x : series.x) {
      least = std::min(least, x);
      greatest = std::max(greatest, x);
    }
  const bool at_right = mark.x > (least + greatest) / 2;
  return fmt::format(
      "set label 1 {} at {},{} {} point pt 6 ps 1.6 lw 1.5 lc rgb '#222222' offset {},0.9 textcolor rgb '#222222'\n",
      gnuplot_text(mark.text), number(mark.x), number(mark.y), at_right ? "right" : "left", at_right ? "-1.2" : "1.2");
}

/// The colours of a heat map and its contour lines, traced into a data block of the script.
std::string grid_settings(const Figure& figure) {
  const Grid& grid = *figure.grid;
  std::string text = fmt::format(
      "set contour base\nset cntrparam levels discrete {}\nunset surface\nset table $contours\n"
      "splot {} index {} using 1:2:3\nunset table\nset surface\nunset contour\n",
      fmt::join(grid.contours, ","), gnuplot_text(figure.stem + ".dat"), figure.series.size());
  text += fmt::format("set cbrange [{}:{}]\nset cblabel {} noenhanced\n", number(grid.least), number(grid.greatest),
                      gnuplot_text(grid.label));
  text +=
      "set palette defined (0 '#f7fbff', 0.2 '#d6e6f4', 0.45 '#94c4df', 0.7 '#4a98c9', 0.87 '#1764ab', 1 '#08306b')\n"
      "set style fill solid\nunset key\nunset grid\nset size ratio -1\n"
      "set lmargin screen 0.18\nset rmargin screen 0.82\nset tmargin screen 0.9\nset bmargin screen 0.15\n"
      "set colorbox user origin graph 1.03,0 size graph 0.03,1 noborder\n";
  text += fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", number(grid.x.front()), number(grid.x.back()),
                      number(grid.y.front()), number(grid.y.back()));
  return text;
}

/// Pixels of a figure 700 wide. The key stands below the plot, in as many columns as its longest title leaves room for:
/// each row beyond the third makes the figure taller, not the plot flatter.
std::int64_t height_of(const Figure& figure) {
  constexpr std::int64_t height = 420, key_width = 570, row = 19, sample_and_gap = 50, letter = 10;
  const bool keyless = figure.kind == FigureKind::scatter || figure.grid;
  std::int64_t titles = 0, longest = 0;
  for (const Series& series : figure.series) {
    if (keyless || series.title.empty()) continue;
    ++titles;
    longest = std::max(longest, static_cast<std::int64_t>(series.title.size()));
  }
  const std::int64_t columns = std::max<std::int64_t>(1, key_width / (sample_and_gap + letter * longest));
  const std::int64_t rows = (titles + columns - 1) / columns;
  return height + row * std::max<std::int64_t>(0, rows - 3);
}

std::string script_text(const Figure& figure) {
  const std::int64_t height = height_of(figure);
  std::string text = fmt::format("# gnuplot {0}.gp draws {0}.svg, {0}.png and {0}.pdf\n", figure.stem);
  text += "reset\nset encoding utf8\n";
  text +=
      fmt::format("set title {} noenhanced\nset xlabel {}.\"\\n\" noenhanced offset 0,0.3\nset ylabel {} noenhanced\n",
                  gnuplot_text(figure.title), gnuplot_text(figure.x_label), gnuplot_text(figure.y_label));
  text += "set border 3 lc rgb '#666666'\nset tics nomirror textcolor rgb '#333333'\n";
  text +=
      "set grid lc rgb '#e2e2e2' lt 1 lw 0.6\nset key bmargin left horizontal Left reverse noenhanced samplen 1.4\n";
  text += "set style fill transparent solid 0.15\nset bars small\nset samples 2\n";
  if (figure.log_x) text += "set logscale x\n";
  if (figure.log_y) text += "set logscale y\nset format y '%g'\n";
  if (figure.x_falls) text += "set xrange [] reverse\n";
  if (figure.kind != FigureKind::bands && !figure.grid)
    text += "set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05\n";
  if (figure.kind == FigureKind::scatter) text += "unset key\n";
  if (figure.y_range)
    text += fmt::format("set yrange [{}:{}]\n", number(figure.y_range->first), number(figure.y_range->second));
  if (figure.grid) text += grid_settings(figure);
  if (figure.mark) text += mark_text(figure);
  text +=
      fmt::format("set terminal svg size 700,{} font 'DejaVu Sans,14' background rgb 'white'\nset output '{}.svg'\n",
                  height, figure.stem);
  text += plot_command(figure);
  text += fmt::format(
      "set terminal pngcairo size 1400,{1} font 'DejaVu Sans,14' fontscale 2 linewidth 2 pointscale 2\n"
      "set output '{0}.png'\nreplot\n"
      "set terminal pdfcairo size 7,{2} font 'DejaVu Sans,12'\n"  // inches: two columns of a paper
      "set output '{0}.pdf'\nreplot\nunset output\n",
      figure.stem, 2 * height, number(static_cast<double>(height) / 100));
  return text;
}

}  // namespace

void write_figure(const Figure& figure, const std::filesystem::path& folder) {
  write_durably(folder / (figure.stem + ".dat"), as_bytes(data_text(figure)));
  write_durably(folder / (figure.stem + ".gp"), as_bytes(script_text(figure)));
}

}  // namespace dpsbench
