#include "runner/tuning/trial_report.h"

#include <algorithm>
#include <cmath>

#include "core/words/colour.h"
#include "core/words/tell.h"
#include "metrics/statistics/paired.h"
#include "results/cells/metric_columns.h"
#include "results/files/durable_file.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// A candidate against what was chosen, on the images that both have seen.
struct Verdict {
  MeanInterval gain;   ///< of the metric, candidate less chosen; none of the chosen one itself
  double p_value = 1;  ///< Holm's, over the candidates of the trial
};

/// The metric's own values from losses, where a loss is the value or its negative.
double as_value(const MetricEntry& metric, double loss) { return metric.better == Better::higher ? -loss : loss; }

/// Of the first so many images; empty where every image stands alone.
Groups groups_of(const Trial& trial, std::size_t images) {
  if (trial.groups.empty()) return {};
  return {trial.groups.begin(), trial.groups.begin() + static_cast<std::ptrdiff_t>(images)};
}

std::vector<Verdict> verdicts_of(const Trial& trial, const MetricEntry& metric) {
  const std::vector<double>& best = trial.losses[trial.chosen()];
  std::vector<Verdict> verdicts(trial.candidates.size());
  std::vector<std::size_t> compared;
  std::vector<double> p_values;
  for (std::size_t k = 0; k < trial.candidates.size(); ++k) {
    if (k == trial.chosen() || trial.failed[k] || trial.losses[k].empty()) continue;
    std::vector<double> own;
    std::vector<double> of_best;
    for (std::size_t i = 0; i < std::min(best.size(), trial.losses[k].size()); ++i) {
      own.push_back(as_value(metric, trial.losses[k][i]));
      of_best.push_back(as_value(metric, best[i]));
    }
    const PairedComparison test = paired_comparison(own, of_best, groups_of(trial, own.size()));
    verdicts[k].gain = test.difference;
    compared.push_back(k);
    p_values.push_back(test.p_value);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < compared.size(); ++i) verdicts[compared[i]].p_value = adjusted[i];
  return verdicts;
}

constexpr double level = 0.05;

std::string verdict_text(const Trial& trial, std::size_t candidate, const Verdict& verdict) {
  if (trial.failed[candidate]) return "failed";
  if (candidate == trial.chosen()) return "chosen";
  return verdict.p_value <= level ? "behind" : "not distinguishable";
}

std::set<std::string> varying_of(const Trial& trial) {
  std::vector<State> states;
  for (std::size_t k = 0; k < trial.candidates.size(); ++k) states.push_back(trial.state(k));
  return varying_options(states)[trial.cell.method->name];
}

std::string heading(const Trial& trial) { return fmt::format("{}: {}", trial.title, trial.cell.method->name); }

/// Differences against the values of one option, in its order.
Series gains_against(const Trial& trial, const std::string& option, const std::vector<Verdict>& verdicts) {
  std::vector<std::pair<double, std::size_t>> places;
  for (std::size_t k = 0; k < trial.candidates.size(); ++k) {
    if (trial.failed[k] || trial.losses[k].empty()) continue;
    const OptionValue& value = trial.candidates[k].options.at(option);
    const auto* whole = std::get_if<std::int64_t>(&value);
    places.emplace_back(whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value), k);
  }
  std::ranges::sort(places);
  Series series{.title = trial.cell.method->name, .x = {}, .y = {}, .lower = {}, .upper = {}};
  for (const auto& [x, k] : places) {
    const MeanInterval& gain = verdicts[k].gain;
    const double half_width = std::isfinite(gain.half_width) ? gain.half_width : 0;
    series.x.push_back(x);
    series.y.push_back(gain.mean);
    series.lower.push_back(gain.mean - half_width);
    series.upper.push_back(gain.mean + half_width);
  }
  return series;
}

}  // namespace

double chosen_value(const Trial& trial, const MetricEntry& metric) {
  return as_value(metric, trial.mean_loss(trial.chosen()));
}

Table choice_table(const std::vector<Trial>& trials, const MetricEntry& metric) {
  Table table;
  table.title = "Chosen constants";
  table.columns = {{"method", "Method", ""},
                   {"origin", "Origin", ""},
                   {metric.name, metric_head(metric), ""},
                   {"tried", "Tried", ""},
                   {"tied", "Not distinguishable", ""},
                   {"evaluations", "Evaluations at most", ""}};
  for (const Trial& trial : trials) {
    if (table.sections.empty() || table.sections.back().title != trial.title)
      table.sections.push_back({trial.title, {}});
    const std::size_t chosen = trial.chosen();
    const std::vector<Verdict> verdicts = verdicts_of(trial, metric);
    double tied = 0;
    for (std::size_t k = 0; k < trial.candidates.size(); ++k)
      tied += verdict_text(trial, k, verdicts[k]) == "not distinguishable" ? 1 : 0;
    std::vector<double> values;
    for (const double loss : trial.losses[chosen]) values.push_back(as_value(metric, loss));
    const MeanInterval mean = mean_interval(values, groups_of(trial, values.size()));
    table.sections.back().rows.push_back(
        {TableEntry::words(label(trial.state(chosen), varying_of(trial))),
         TableEntry::words(trial.failed[chosen] ? "none: every candidate failed" : trial.candidates[chosen].origin),
         TableEntry::number(mean.mean, metric.decimals, mean.half_width),
         TableEntry::number(static_cast<double>(trial.candidates.size()), 0), TableEntry::number(tied, 0),
         TableEntry::number(trial.planned_cost, 0)});
  }
  table.notes = {
      "Not distinguishable: candidates that paired t-tests on the images both have seen cannot tell from the "
      "chosen one (Holm over the candidates, 5 %)."};
  return table;
}

Table candidate_table(const std::vector<Trial>& trials, const MetricEntry& metric) {
  Table table;
  table.title = "Candidates";
  table.columns = {{"candidate", "Candidate", ""},     {"origin", "Origin", ""},
                   {"images", "Images", ""},           {metric.name, metric_head(metric), ""},
                   {"gain", "Against the chosen", ""}, {"p", "p (Holm)", ""},
                   {"verdict", "Verdict", ""}};
  for (const Trial& trial : trials) {
    TableSection section{heading(trial), {}};
    const std::set<std::string> varying = varying_of(trial);
    const std::vector<Verdict> verdicts = verdicts_of(trial, metric);
    std::vector<std::size_t> order(trial.candidates.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::ranges::stable_sort(order, {}, [&](std::size_t k) {
      return std::pair(-static_cast<double>(trial.losses[k].size()), trial.mean_loss(k));
    });
    for (const std::size_t k : order) {
      const bool shown = !trial.failed[k] && k != trial.chosen();
      std::vector<double> values;
      for (const double loss : trial.losses[k]) values.push_back(as_value(metric, loss));
      const MeanInterval mean = mean_interval(values, groups_of(trial, values.size()));
      TableEntry gain = TableEntry::number(shown ? verdicts[k].gain.mean : NAN, metric.decimals,
                                           shown ? verdicts[k].gain.half_width : NAN);
      gain.signed_value = true;
      section.rows.push_back({TableEntry::words(label(trial.state(k), varying)),
                              TableEntry::words(trial.candidates[k].origin),
                              TableEntry::number(static_cast<double>(values.size()), 0),
                              TableEntry::number(mean.mean, metric.decimals, mean.half_width), gain,
                              TableEntry::p_value(shown ? verdicts[k].p_value : NAN),
                              TableEntry::words(verdict_text(trial, k, verdicts[k]))});
    }
    table.sections.push_back(std::move(section));
  }
  table.notes = {
      "Successive halving: each rung drops the worse half of those that are not published, so that means are over "
      "different images; compare by the column of differences, which are paired on the images both have seen, with 95 "
      "% intervals."};
  return table;
}

std::vector<Figure> option_curves(const std::vector<Trial>& trials, const MetricEntry& metric) {
  std::vector<Figure> figures;
  for (const Trial& trial : trials) {
    const std::vector<Verdict> verdicts = verdicts_of(trial, metric);
    for (const Tunable& tunable : trial.cell.method->tunable) {
      if (tunable.scale == Tunable::Scale::choice || !varying_of(trial).contains(tunable.option)) continue;
      Figure figure;
      figure.group = "Tuning";
      figure.stem = fmt::format("tune-{}-{}-{}", file_stem(trial.cell.method->name), file_stem(tunable.option),
                                file_stem(trial.title));
      figure.title = heading(trial);
      figure.x_label = tunable.option;
      figure.y_label = fmt::format("{} less the chosen one's", metric_head(metric));
      figure.caption =
          "Candidates against the chosen one, paired on the images both have seen, with 95 % intervals; "
          "the others of its options differ too. The ring marks the chosen one.";
      figure.log_x = tunable.scale == Tunable::Scale::log;
      figure.series = {gains_against(trial, tunable.option, verdicts)};
      if (figure.series.front().x.empty()) continue;  // every candidate failed
      const OptionValue& value = trial.candidates[trial.chosen()].options.at(tunable.option);
      const auto* whole = std::get_if<std::int64_t>(&value);
      figure.mark = Mark{whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value), 0, to_text(value)};
      figures.push_back(std::move(figure));
    }
  }
  return figures;
}

void write_trial_report(const std::vector<Trial>& trials, const MetricEntry& metric,
                        const std::filesystem::path& output) {
  make_folder(output / "tables");
  make_folder(output / "figures");
  const Table choices = choice_table(trials, metric);
  write_table(choices, output / "tables", "chosen");
  write_table(candidate_table(trials, metric), output / "tables", "candidates");
  std::vector<std::string> stems;
  for (const Figure& figure : option_curves(trials, metric)) {
    write_figure(figure, output / "figures");
    stems.push_back(figure.stem);
  }
  if (const std::string trouble = draw_figures(output / "figures", stems); !trouble.empty())
    tell("figures are not drawn: {}\n", trouble);
  say("{}", to_terminal(choices, takes_colour(stdout)));
}

}  // namespace dpsbench
