#include "core/tunable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace dpsbench {
namespace {

double three_digits(double value) { return std::stod(fmt::format("{:.3g}", value)); }

}  // namespace

OptionValue tunable_value(const Tunable& tunable, const OptionSpec& spec, double share) {
  if (tunable.scale == Tunable::Scale::choice) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(tunable.choices.size()));
    return tunable.choices.at(std::min(index, tunable.choices.size() - 1));
  }
  const double value = tunable.scale == Tunable::Scale::log
                           ? tunable.least * std::pow(tunable.greatest / tunable.least, share)
                           : tunable.least + (tunable.greatest - tunable.least) * share;
  if (std::holds_alternative<std::int64_t>(spec.default_value)) return static_cast<std::int64_t>(std::llround(value));
  return three_digits(value);
}

std::string to_text(const Tunable& tunable) {
  if (tunable.scale != Tunable::Scale::choice)
    return fmt::format("{} to {}, {}", tunable.least, tunable.greatest,
                       tunable.scale == Tunable::Scale::log ? "log" : "linear");
  std::vector<std::string> words;
  for (const OptionValue& value : tunable.choices) words.push_back(to_text(value));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace dpsbench
