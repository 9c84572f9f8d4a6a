#include "priors/schedule_options.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "core/error.h"

namespace dpsbench {
namespace {

/// The numbers of a table's text, "0.0001 0.00012".
NoiseSchedule schedule_of_table(const std::string& text) {
  if (text.empty()) throw UserError("betas: schedule: table needs them: a list, or a file of numbers");
  std::istringstream words(text);
  std::vector<double> betas;
  for (std::string word; words >> word;) {
    double beta = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), beta);
    if (error != std::errc() || end != word.data() + word.size()) throw UserError("betas: '{}' is no number", word);
    betas.push_back(beta);
  }
  return NoiseSchedule::of_betas(betas);
}

}  // namespace

std::vector<OptionSpec> schedule_options(const std::string& standard, const std::string& meaning) {
  std::vector<std::string> choices{"linear", "scaled_linear", "cosine", "sigmas", "table"};
  if (std::ranges::find(choices, standard) == choices.end()) choices.insert(choices.begin(), standard);
  return {{.name = "schedule",
           .default_value = standard,
           .description = "of the noise: " + meaning +
                          "linear and scaled_linear from beta_first to beta_last, cosine, sigmas from sigma_least "
                          "to sigma_greatest as EDM spaces them, or table, the betas themselves",
           .choices = choices},
          {"schedule_steps", std::int64_t{1000}, "of the schedule; a table has its own", 2, 100000},
          {"betas", "", "of a table, the least noisy step's first: a list, or a file of numbers, .npy [N] or text"},
          {"beta_first", 1e-4, "of the least noisy step", 1e-8, 0.999},
          {"beta_last", 0.02, "of the noisiest step", 1e-8, 0.999},
          {"sigma_least", 0.002, "smallest noise, in units of [-1, 1] images", 1e-6, 1e6},
          {"sigma_greatest", 80.0, "greatest noise", 1e-6, 1e6}};
}

NoiseSchedule schedule_of(const OptionValues& values) {
  const std::int64_t steps = values.integer("schedule_steps");
  const double first = values.real("beta_first");
  const double last = values.real("beta_last");
  const double least = values.real("sigma_least");
  const double greatest = values.real("sigma_greatest");
  if (!(first <= last)) throw UserError("beta_first: {} is above beta_last, {}", first, last);
  if (!(least < greatest)) throw UserError("sigma_least: {} is not below sigma_greatest, {}", least, greatest);
  const std::string& name = values.word("schedule");
  const std::string& betas = values.word("betas");
  if (name == "table") return schedule_of_table(betas);
  if (!betas.empty()) throw UserError("betas: schedule is '{}'; betas of one's own need schedule: table", name);
  if (name == "cosine") return NoiseSchedule::cosine(steps);
  if (name == "sigmas") return NoiseSchedule::of_sigmas(least, greatest, steps);
  return name == "linear" ? NoiseSchedule::linear(steps, first, last)
                          : NoiseSchedule::scaled_linear(steps, first, last);
}

}  // namespace dpsbench
