#include "runner/afterwards/posterior_check.h"

#include <cmath>
#include <set>

#include "core/error.h"
#include "metrics/parts/diversity.h"
#include "metrics/parts/residual_tests.h"
#include "metrics/statistics/interval.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "runner/afterwards/stored_operator.h"

namespace dpsbench {
namespace {

/// What the two conditions are computed from, gathered image by image.
struct CellErrors {
  std::int64_t samples = 0;          ///< of each image
  std::vector<double> sample_error;  ///< of each image's first sample; empty if it has no other
  std::vector<double> mean_error;    ///< of the mean of its others
  std::vector<double> spread;        ///< of its samples (metrics/parts/diversity.h)
  std::vector<Tensor> residual;      ///< y - A x0 of the first sample, measured entries
  std::vector<Tensor> seen;          ///< A x0, the same entries
};

double mean_square(const Tensor& image) { return image.square().mean().item<double>(); }

/// samples [S, C, H, W] of one image.
void add_errors(const Tensor& samples, const Tensor& reference, CellErrors& errors) {
  if (samples.size(0) < 2) return;
  const Tensor x = samples.to(at::kDouble);
  errors.spread.push_back(diversity(x.unsqueeze(0)).item<double>());
  errors.sample_error.push_back(mean_square(x[0] - reference));
  errors.mean_error.push_back(mean_square(x.narrow(0, 1, x.size(0) - 1).mean(0) - reference));
}

void add_residual(const Operator& op, const Tensor& sample, const Tensor& measurement, CellErrors& errors) {
  Tensor seen = op.forward(sample);
  Tensor residual = measurement - seen;
  if (const Tensor measured = op.measured(); measured.defined()) {
    const Tensor mask = (measured > 0).expand_as(residual);
    residual = residual.masked_select(mask);
    seen = seen.masked_select(mask);
  }
  errors.residual.push_back(residual.flatten());
  errors.seen.push_back(seen.flatten());
}

CellErrors read_errors(const ResultsFile& results, const CellResult& cell) {
  CellErrors errors;
  for (std::int64_t row = 0; row < static_cast<std::int64_t>(cell.image_ids.size()); ++row) {
    const Tensor reference = results.read_rows(cell, "reference", row, 1);
    Tensor samples = results.read_rows(cell, "samples", row, 1)[0];
    if (samples.dim() == 3) samples = samples.unsqueeze(0);
    errors.samples = samples.size(0);
    add_errors(samples, reference[0].to(at::kDouble), errors);
    add_residual(*stored_operator(cell, row, 1, image_shape(reference)), samples.narrow(0, 0, 1),
                 results.read_rows(cell, "measurement", row, 1), errors);
  }
  return errors;
}

std::vector<TableEntry> row_of(const std::string& label, const CellErrors& errors, double sigma_y) {
  if (sigma_y == 0) throw UserError("{}: the check is of residuals over sigma_y, which is 0", label);
  ErrorRatio ratio;
  ratio.raw = ratio.corrected = ratio.half_width = NAN;
  double mse = NAN;
  double mmse = NAN;
  if (!errors.sample_error.empty()) {
    ratio = error_ratio(at::tensor(errors.sample_error, at::kDouble), at::tensor(errors.mean_error, at::kDouble),
                        errors.samples);
    mse = ratio.sample_error.mean().item<double>();
    mmse = ratio.mean_error.mean().item<double>();
  }
  const ResidualTests tests = residual_tests(at::cat(errors.residual), at::cat(errors.seen), sigma_y);
  return {TableEntry::words(label),
          TableEntry::number(static_cast<double>(errors.samples), 0),
          TableEntry::number(mse, 5),
          TableEntry::number(mmse, 5),
          TableEntry::number(ratio.raw, 3),
          TableEntry::number(ratio.corrected, 3, ratio.half_width),
          TableEntry::number(mean_of(errors.spread), 5),
          TableEntry::number(tests.deviation / sigma_y, 4),
          TableEntry::number(tests.with_image.r, 4),
          TableEntry::p_value(tests.with_image.p_value),
          TableEntry::number(tests.normality.statistic, 4),
          TableEntry::p_value(tests.normality.p_value)};
}

std::vector<std::string> notes_of(const std::set<std::int64_t>& sample_counts) {
  std::vector<std::string> notes = {
      "MSE: of each image's first sample. MMSE: of the mean of its other S - 1 samples. [-1, 1] images, means over "
      "pixels and images."};
  for (const std::int64_t count : sample_counts)
    if (count > 1)
      notes.push_back(fmt::format(
          "MSE / MMSE as the paper's Appendix D.1 takes it is 2 / (1 + 1 / (S - 1)) = {:.3f} for true posterior "
          "samples, S = {}: the mean of S - 1 samples varies itself. Corrected: times 1 + 1 / (S - 1), which makes it "
          "2; ± is the half-width of its 95 % confidence interval over images.",
          2 / (1 + 1 / static_cast<double>(count - 1)), count));
  notes.emplace_back("Spread: standard deviation of an image's samples at each pixel and channel, averaged.");
  notes.emplace_back(
      "Residual y - A x0 of each image's first sample, measured entries: its root mean square over σ_y (1), Pearson's "
      "correlation r with A x0 (0), and the Kolmogorov-Smirnov distance D of its distribution from N(0, σ_y²), each "
      "with "
      "its p value. A great many pixels make the smallest departure significant: read r and D beside p.");
  return notes;
}

}  // namespace

Table posterior_check(const ResultsFile& results, const std::string& title) {
  const CellLabels labels(results.cells());
  Table table;
  table.title = fmt::format("Conditions of a posterior sampler: {}", title);
  table.columns = {{"method", "Method", ""},
                   {"samples", "S", ""},
                   {"mse", "MSE", "Error"},
                   {"mmse", "MMSE", "Error"},
                   {"ratio", "MSE / MMSE", "Error"},
                   {"ratio_corrected", "corrected → 2", "Error"},
                   {"spread", "spread", "Samples"},
                   {"residual_deviation", "rms / σ_y → 1", "Residual"},
                   {"correlation", "r → 0", "Residual"},
                   {"correlation_p", "p of r", "Residual"},
                   {"ks_distance", "D → 0", "Residual"},
                   {"ks_p", "p of D", "Residual"}};
  std::set<std::int64_t> sample_counts;
  for (const Setting& setting : settings_of(results.cells())) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells) {
      if (const std::string noise = cell->text("noise"); !noise.empty())
        throw UserError("{}: the check is of Gaussian residuals; noise of these measurements is {}", cell->id, noise);
      const CellErrors errors = read_errors(results, *cell);
      sample_counts.insert(errors.samples);
      section.rows.push_back(row_of(labels.method_and_steps(*cell), errors, cell->number("sigma_y")));
    }
    table.sections.push_back(std::move(section));
  }
  table.notes = notes_of(sample_counts);
  for (const std::string& note : provenance_notes(results.cells())) table.notes.push_back(note);
  return table;
}

}  // namespace dpsbench
