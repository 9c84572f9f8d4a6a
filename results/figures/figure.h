#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dpsbench {

/// How a series is drawn where it is not as its figure's kind has it.
enum class SeriesStyle {
  usual,
  line,    ///< thin
  dashes,  ///< dark and dashed, over everything else: what the others are held against
  area,    ///< filled down to 0
  dots,
};

/// One curve or cloud of points.
struct Series {
  std::string title;  ///< empty: not in the key
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> lower;  ///< of an interval or band around y; empty: none
  std::vector<double> upper;
  SeriesStyle style = SeriesStyle::usual;
  std::string colour = {};  ///< "#rrggbb"; empty: the next of the figure's own
};

/// A function of two coordinates, drawn as a heat map with contour lines under the series, both axes at one scale.
struct Grid {
  std::vector<double> x;         ///< evenly spaced
  std::vector<double> y;         ///< evenly spaced
  std::vector<double> values;    ///< row by row: values[j * x.size() + i] at (x[i], y[j])
  std::vector<double> contours;  ///< heights of the lines
  std::string label;             ///< what the values are, with their unit
  double least = 0;              ///< ends of the colour scale
  double greatest = 1;
};

enum class FigureKind {
  bands,    ///< lines, each with a shaded band between lower and upper
  points,   ///< points joined by lines, with error bars from lower to upper
  scatter,  ///< points alone, with the diagonal x = y
};

/// A point worth naming.
struct Mark {
  double x;
  double y;
  std::string text;
};

/// A figure, whatever draws it.
struct Figure {
  std::string group;  ///< figures of a kind stand together: "Step size over time"
  std::string stem;   ///< of its files' names: "psnr-against-steps-inpainting-70"
  std::string title;
  std::string x_label;
  std::string y_label;
  std::string caption;  ///< what the points, bars and bands are
  FigureKind kind = FigureKind::points;
  bool log_x = false;
  bool log_y = false;
  bool x_falls = false;  ///< the axis runs from large to small
  std::vector<Series> series;
  std::optional<Mark> mark = {};
  std::optional<Grid> grid = {};
  std::optional<std::pair<double, double>> y_range = {};  ///< the part of the axis shown; none: all of it
};

/// Writes <stem>.dat (the numbers) and <stem>.gp (a gnuplot script) into a folder, which must exist; gnuplot run there
/// on the script draws <stem>.svg, .png and .pdf. Throws DataError naming a file that cannot be written.
void write_figure(const Figure& figure, const std::filesystem::path& folder);

/// Runs gnuplot on the scripts of these stems. Returns what went wrong, for a person (gnuplot is not installed, or its
/// own message); empty if all were drawn.
std::string draw_figures(const std::filesystem::path& folder, const std::vector<std::string>& stems);

}  // namespace dpsbench
