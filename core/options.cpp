#include "core/options.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/words/nearest_name.h"

namespace dpsbench {
namespace {

std::string type_name(const OptionValue& value) {
  static const std::vector<std::string> names = {"true or false", "a whole number, like 100 or 1e2",
                                                 "a number, like 0.05 or 5e-2", "a word"};
  return names[value.index()];
}

}  // namespace

std::string to_text(const OptionValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  return std::get<std::string>(value);
}

std::string allowed_text(const OptionSpec& spec) {
  if (!spec.choices.empty()) return fmt::format("{}", fmt::join(spec.choices, ", "));
  if (std::holds_alternative<bool>(spec.default_value)) return "true, false";
  if (std::holds_alternative<std::string>(spec.default_value)) return "a word";
  const bool below = std::isfinite(spec.least);
  const bool above = std::isfinite(spec.greatest);
  if (below && above) return fmt::format("{} to {}", spec.least, spec.greatest);
  if (below) return fmt::format("{} or more", spec.least);
  return above ? fmt::format("{} or less", spec.greatest) : "any number";
}

OptionValue checked(const OptionSpec& spec, const OptionValue& value) {
  OptionValue converted = value;
  if (std::holds_alternative<double>(spec.default_value) && std::holds_alternative<std::int64_t>(value))
    converted = static_cast<double>(std::get<std::int64_t>(value));
  if (const auto* real = std::get_if<double>(&value); real != nullptr && *real == std::floor(*real) &&
                                                      std::abs(*real) < 9007199254740992.0 &&  // 2^53
                                                      std::holds_alternative<std::int64_t>(spec.default_value))
    converted = static_cast<std::int64_t>(*real);
  if (converted.index() != spec.default_value.index())
    throw UserError("{}: '{}' is not {}", spec.name, to_text(value), type_name(spec.default_value));
  double number = 0;
  if (const auto* real = std::get_if<double>(&converted)) number = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&converted)) number = static_cast<double>(*whole);
  if (!std::isfinite(number)) throw UserError("{}: {} is not a finite number", spec.name, to_text(value));
  const bool numeric = converted.index() == 1 || converted.index() == 2;
  if (numeric && !(number >= spec.least && number <= spec.greatest))
    throw UserError("{}: {} is out of range; allowed: {}", spec.name, to_text(value), allowed_text(spec));
  if (const auto* word = std::get_if<std::string>(&converted);
      word != nullptr && !spec.choices.empty() &&
      std::find(spec.choices.begin(), spec.choices.end(), *word) == spec.choices.end())
    throw UserError("{}: '{}' is not one of: {}", spec.name, *word, allowed_text(spec));
  return converted;
}

OptionValues::OptionValues(const std::vector<OptionSpec>& specs, const std::map<std::string, OptionValue>& given) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) {
    names.push_back(spec.name);
    const auto found = given.find(spec.name);
    values_[spec.name] = found == given.end() ? spec.default_value : checked(spec, found->second);
    if (spec.unsaid_at_default && values_[spec.name] == spec.default_value) unsaid_.insert(spec.name);
  }
  for (const auto& [name, value] : given) {
    if (values_.contains(name)) continue;
    throw UserError("{}: unknown option{}; allowed: {}", name, did_you_mean(name, names),
                    names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
}

}  // namespace dpsbench
