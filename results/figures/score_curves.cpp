#include "results/figures/score_curves.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "results/cells/cell_label.h"
#include "results/files/file_stem.h"
#include "results/hdf5/new_file.h"

namespace dpsbench {
namespace {

struct Quantity {
  const char* name;
  const char* title;
  const char* axis;
  bool best_is_one;
  std::optional<std::pair<double, double>> log_range = {};  ///< of a logarithmic axis; none: linear
};

const Quantity quantities[] = {
    {"error", "Error of the posterior score", "|s − s*| / |s*|", false, {{1e-5, 100}}},
    {"cosine", "Direction of the posterior score", "cosine of s and s*", true},
    {"ratio", "Length of the posterior score", "|s| / |s*|", true, {{0.01, 100}}},
    {"guidance_cosine", "Direction of the guidance", "cosine of g and g*", true},
    {"guidance_ratio", "Length of the guidance", "|g| / |g*|", true, {{0.001, 1000}}},
    {"spread", "Implied spread of x_0 given x_t and y", "spread / exact", true, {{0.1, 10}}},
};

std::vector<double> medians(const Tensor& values) {
  const Tensor median = at::nanquantile(values, 0.5, 0).contiguous();
  return {median.const_data_ptr<double>(), median.const_data_ptr<double>() + median.numel()};
}

/// What is not positive has no place on a logarithmic axis.
void leave_out_what_is_not_positive(std::vector<double>& numbers) {
  for (double& number : numbers)
    if (!(number > 0)) number = NAN;
}

Figure figure_of(const Quantity& quantity, const std::string& setting) {
  Figure figure;
  figure.group = quantity.title;
  figure.stem = fmt::format("along-time-{}-{}", quantity.name, file_stem(setting));
  figure.title = setting;
  figure.x_label = "time t / T";
  figure.y_label = quantity.axis;
  figure.caption =
      "Medians over images. s: the score a method follows at x_t, an exact posterior draw noised; s*: the exact "
      "posterior score there; g, g*: what they add to the prior's score. Spread: standard deviation of p(x_0 | x_t, y) "
      "that a score implies; none where its variance is negative.";
  figure.kind = FigureKind::bands;
  figure.log_y = quantity.log_range.has_value();
  figure.y_range = quantity.log_range;
  figure.x_falls = true;
  return figure;
}

}  // namespace

void write_score_curves(const std::filesystem::path& file, const std::vector<ScoreCurves>& curves) {
  hdf5::NewFile store(file);
  for (const ScoreCurves& of_cell : curves) {
    const hdf5::Group group = store.root().create_group(of_cell.cell.id);
    for (const auto& [name, value] : of_cell.cell.attributes) group.set_attribute(name, value);
    group.write_texts("image_ids", of_cell.cell.image_ids);
    group.write("time", at::tensor(of_cell.time, at::kDouble));
    group.write("sigma", at::tensor(of_cell.sigma, at::kDouble));
    for (const auto& [name, values] : of_cell.values) group.write(name, values);
  }
  store.publish();
}

std::vector<Figure> score_curve_figures(const std::vector<ScoreCurves>& curves) {
  std::vector<CellResult> cells;
  for (const ScoreCurves& of_cell : curves) cells.push_back(of_cell.cell);
  const CellLabels labels(cells);
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(cells))
    for (const Quantity& quantity : quantities) {
      Figure figure = figure_of(quantity, setting.title);
      for (const CellResult* cell : setting.cells) {
        const ScoreCurves& of_cell = curves[static_cast<std::size_t>(cell - cells.data())];
        const auto found = of_cell.values.find(quantity.name);
        if (found == of_cell.values.end()) continue;
        Series series{
            .title = labels.method(*cell), .x = of_cell.time, .y = medians(found->second), .lower = {}, .upper = {}};
        if (figure.log_y) leave_out_what_is_not_positive(series.y);
        figure.series.push_back(std::move(series));
      }
      if (figure.series.empty()) continue;
      if (quantity.best_is_one) {
        const double first = figure.series.front().x.front();
        const double last = figure.series.front().x.back();
        figure.series.push_back({.title = "exact posterior",
                                 .x = {first, last},
                                 .y = {1, 1},
                                 .lower = {},
                                 .upper = {},
                                 .style = SeriesStyle::dashes});
      }
      figures.push_back(std::move(figure));
    }
  return figures;
}

}  // namespace dpsbench
