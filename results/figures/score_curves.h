#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "results/figures/figure.h"
#include "results/store/reader.h"

namespace dpsbench {

/// A method's score against the exact posterior score at points x_t of the exact noised posterior.
struct ScoreCurves {
  CellResult cell;            ///< its parameters and image ids
  std::vector<double> time;   ///< t / T of each level, ascending
  std::vector<double> sigma;  ///< noise of x_t / sqrt(alpha_bar) there

  /// Each [images, levels], double: "error" |s - s*| / |s*|, "cosine" of the two and "ratio" |s| / |s*| of the
  /// posterior scores; "guidance_cosine" and "guidance_ratio", the same of what they add to the prior's score;
  /// "spread", the standard deviation of p(x_0 | x_t, y) that the score implies by Tweedie's second formula, over the
  /// exact one's.
  std::map<std::string, Tensor> values;
};

/// Writes an HDF5 file: a group a cell with its parameters as attributes, time, sigma and the values as data sets.
void write_score_curves(const std::filesystem::path& file, const std::vector<ScoreCurves>& curves);

/// A figure for each setting and quantity over time, a line a method: medians over images.
std::vector<Figure> score_curve_figures(const std::vector<ScoreCurves>& curves);

}  // namespace dpsbench
