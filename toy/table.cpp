#include "toy/table.h"

#include <fmt/format.h>

#include <cmath>

namespace dpsbench {
namespace {

constexpr int decimals = 3;

TableEntry count_entry(std::int64_t count) { return TableEntry::number(static_cast<double>(count), 0); }

TableEntry absent() { return TableEntry::number(std::nan(""), 0); }

double height_above(const ToyTruth& truth, std::int64_t bottom) {
  return (truth.profile[truth.well.barrier] - truth.profile[bottom]).item<double>();
}

std::vector<TableEntry> closed_form_row(const ToyTruth& truth) {
  std::vector<TableEntry> row(10, absent());
  row[0] = TableEntry::words("closed form");
  row[9] = TableEntry::words("–");
  row[6] = TableEntry::number(height_above(truth, truth.well.first), decimals);
  row[7] = TableEntry::number(height_above(truth, truth.well.second), decimals);
  return row;
}

std::vector<TableEntry> row_of(const ToyMethod& method, const ProfileAnalysis& analysis) {
  return {TableEntry::words(method.label),
          count_entry(method.windows),
          count_entry(method.samples),
          TableEntry::number(analysis.error.root_mean_square, decimals, analysis.rms_half_width),
          TableEntry::number(analysis.noise, decimals),
          TableEntry::number(analysis.error.greatest, decimals, analysis.greatest_half_width),
          TableEntry::number(analysis.first_well.value, decimals, analysis.first_well.half_width),
          TableEntry::number(analysis.second_well.value, decimals, analysis.second_well.half_width),
          TableEntry::number(analysis.mbar_error.greatest, decimals),
          TableEntry::words(fmt::format("{} of {}", analysis.rejected(), method.windows))};
}

}  // namespace

Table toy_error_table(const ToyExperiment& experiment, const ToyTruth& truth,
                      const std::vector<ProfileAnalysis>& analyses) {
  Table table;
  table.title = experiment.title;
  table.columns = {{"method", "method", ""},
                   {"windows", "windows", ""},
                   {"samples", "samples each", ""},
                   {"rms_error", "RMS error (kT)", ""},
                   {"noise", "of it chance (kT)", ""},
                   {"max_error", "max error (kT)", ""},
                   {"first_well", "from 1st well", "barrier (kT)"},
                   {"second_well", "from 2nd well", "barrier (kT)"},
                   {"mbar_max_error", "max error by MBAR (kT)", ""},
                   {"ks_rejected", "windows off their law", ""}};
  TableSection section;
  section.rows.push_back(closed_form_row(truth));
  std::int64_t empty = 0;
  for (std::size_t m = 0; m < analyses.size(); ++m) {
    section.rows.push_back(row_of(experiment.methods[m], analyses[m]));
    empty += analyses[m].error.empty;
  }
  table.sections = {section};
  const double smallest = truth.profile.min().item<double>();
  table.notes = {
      fmt::format("Errors of -log p over the {} of {} bins within {} kT of the minimum, both densities normalised on "
                  "[{}, {}]; no constant is fitted.",
                  (truth.profile <= smallest + experiment.within).sum().item<std::int64_t>(), experiment.bins,
                  experiment.within, experiment.from, experiment.to),
      fmt::format(
          "± : half of the central 95 % of {} bootstrap values; windows resampled one by one. \"Of it chance\": "
          "root mean square of the bootstrap's standard deviations.",
          experiment.resamples),
      "Windows off their law: Kolmogorov-Smirnov against the window's closed form, p < 0.05 after Holm's adjustment."};
  if (empty > 0)
    for (std::size_t m = 0; m < analyses.size(); ++m)
      if (analyses[m].error.empty > 0)
        table.notes.push_back(fmt::format("{}: {} bins near the minimum have no samples; its errors are of the others.",
                                          experiment.methods[m].label, analyses[m].error.empty));
  return table;
}

Table toy_window_table(const ToyExperiment& experiment, const std::vector<ProfileAnalysis>& analyses) {
  Table table;
  table.title = fmt::format("{}: do the windows' samples follow their law?", experiment.title);
  table.columns = {{"centre", "centre", ""},
                   {"samples", "samples", ""},
                   {"statistic", "D", ""},
                   {"p", "p", ""},
                   {"p_holm", "p (Holm)", ""}};
  for (std::size_t m = 0; m < analyses.size(); ++m) {
    TableSection section{.title = experiment.methods[m].label, .rows = {}};
    for (const WindowCheck& window : analyses[m].windows)
      section.rows.push_back({TableEntry::number(window.centre, 2), count_entry(window.fit.count),
                              TableEntry::number(window.fit.statistic, 4), TableEntry::number(window.fit.p_value, 4),
                              TableEntry::number(window.adjusted_p, 4)});
    table.sections.push_back(section);
  }
  table.notes = {
      "Kolmogorov-Smirnov test of the coordinate's samples against the window's closed form; Holm's "
      "adjustment is over the windows of a method."};
  return table;
}

}  // namespace dpsbench
