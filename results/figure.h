#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dpsbench {

/// One curve or cloud of points.
struct Series {
  std::string title;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> lower;  ///< of an interval or band around y; empty: none
  std::vector<double> upper;
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
  std::optional<Mark> mark;
};

/// Writes <stem>.dat (the numbers) and <stem>.gp (a gnuplot script) into a folder, which must exist; gnuplot run there
/// on the script draws <stem>.svg and <stem>.png. Throws DataError naming a file that cannot be written.
void write_figure(const Figure& figure, const std::filesystem::path& folder);

/// Runs gnuplot on the scripts of these stems. Returns what went wrong, for a person (gnuplot is not installed, or its
/// own message); empty if all were drawn.
std::string draw_figures(const std::filesystem::path& folder, const std::vector<std::string>& stems);

/// A text as part of a file's name: "Inpainting 70 %, σ_y = 0.05" -> "inpainting-70-sigma-0.05".
std::string file_stem(const std::string& text);

}  // namespace dpsbench
