#pragma once
#include <vector>

#include "results/figures/figure.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The step size over time of every method that has one, a figure a setting: median over the images and the band of the
/// middle half (the paper's Figure 8: omega_t of dps-w beside zeta_t of dps).
std::vector<Figure> step_size_figures(const ResultsFile& file);

/// How much of the exact posterior score each of its two terms is over time, a figure a task (the paper's Figure 7):
/// median over the images and the band of the middle half.
std::vector<Figure> score_share_figures(const ResultsFile& file);

/// Each metric against the number of steps, a figure a setting in which a method has several.
std::vector<Figure> steps_figures(const std::vector<CellResult>& cells);

/// Each metric against the noise level, a figure a task that has several.
std::vector<Figure> noise_figures(const std::vector<CellResult>& cells);

/// Each metric against a scanned option of a method, the best value marked; a figure a setting, method and option.
std::vector<Figure> scan_figures(const std::vector<CellResult>& cells);

/// Each metric against what an image cost in evaluations, with the frontier; a figure a setting with several methods.
std::vector<Figure> budget_figures(const std::vector<CellResult>& cells);

/// Each metric, image by image, of the two best methods of a setting.
std::vector<Figure> scatter_figures(const std::vector<CellResult>& cells);

/// All of the above.
std::vector<Figure> all_figures(const ResultsFile& file);

}  // namespace dpsbench
