#include "core/options.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

std::string type_name(const OptionValue& value) {
  static const std::vector<std::string> names = {"true or false", "a whole number", "a number", "a word"};
  return names[value.index()];
}

std::string range_text(const OptionSpec& spec) {
  const bool below = std::isfinite(spec.least);
  const bool above = std::isfinite(spec.greatest);
  if (below && above) return fmt::format("{} to {}", spec.least, spec.greatest);
  if (below) return fmt::format("{} or more", spec.least);
  return fmt::format("{} or less", spec.greatest);
}

}  // namespace

std::string to_text(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  return std::get<std::string>(value);
}

OptionValue checked(const OptionSpec& spec, const OptionValue& value) {
  OptionValue converted = value;
  if (std::holds_alternative<double>(spec.default_value) && std::holds_alternative<std::int64_t>(value))
    converted = static_cast<double>(std::get<std::int64_t>(value));
  if (converted.index() != spec.default_value.index())
    throw UserError("{}: '{}' is not {}", spec.name, to_text(value), type_name(spec.default_value));
  double number = 0;
  if (const auto* real = std::get_if<double>(&converted)) number = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&converted)) number = static_cast<double>(*whole);
  if (!std::isfinite(number)) throw UserError("{}: {} is not a finite number", spec.name, to_text(value));
  const bool numeric = converted.index() == 1 || converted.index() == 2;
  if (numeric && !(number >= spec.least && number <= spec.greatest))
    throw UserError("{}: {} is out of range; allowed: {}", spec.name, to_text(value), range_text(spec));
  if (const auto* word = std::get_if<std::string>(&converted);
      word != nullptr && !spec.choices.empty() &&
      std::find(spec.choices.begin(), spec.choices.end(), *word) == spec.choices.end())
    throw UserError("{}: '{}' is not one of: {}", spec.name, *word, fmt::join(spec.choices, ", "));
  return converted;
}

OptionValues::OptionValues(const std::vector<OptionSpec>& specs, const std::map<std::string, OptionValue>& given) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) {
    names.push_back(spec.name);
    const auto found = given.find(spec.name);
    values_[spec.name] = found == given.end() ? spec.default_value : checked(spec, found->second);
  }
  for (const auto& [name, value] : given) {
    if (values_.contains(name)) continue;
    const std::string near = nearest_name(name, names);
    throw UserError("{}: unknown option{}; allowed: {}", name,
                    near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                    names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
}

std::string nearest_name(const std::string& word, const std::vector<std::string>& names) {
  const auto distance = [&](const std::string& other) {  // Levenshtein
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j < row.size(); ++j) {
        const std::size_t substituted = diagonal + (word[i - 1] == other[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
      }
    }
    return row.back();
  };
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : names)
    if (const std::size_t d = distance(name); d < least) {
      least = d;
      best = name;
    }
  return best;
}

}  // namespace dpsbench
