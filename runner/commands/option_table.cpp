#include "runner/commands/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dpsbench {
namespace {

std::string allowed_text(const OptionSpec& spec) {
  if (!spec.choices.empty()) return fmt::format("{}", fmt::join(spec.choices, " | "));
  if (std::holds_alternative<bool>(spec.default_value)) return "true | false";
  if (std::holds_alternative<std::string>(spec.default_value)) return "a word";
  const bool below = std::isfinite(spec.least);
  const bool above = std::isfinite(spec.greatest);
  if (below && above) return fmt::format("{} to {}", spec.least, spec.greatest);
  if (below) return fmt::format("from {}", spec.least);
  return above ? fmt::format("to {}", spec.greatest) : "any number";
}

}  // namespace

std::string option_table(const std::vector<OptionSpec>& options, std::size_t indent) {
  std::size_t width = 0;
  for (const OptionSpec& spec : options)
    width = std::max(width, spec.name.size() + to_text(spec.default_value).size() + 2);
  std::string text;
  for (const OptionSpec& spec : options)
    text += fmt::format("{:{}}{:<{}}  {} [{}]\n", "", indent, spec.name + ": " + to_text(spec.default_value), width,
                        spec.description, allowed_text(spec));
  return text;
}

}  // namespace dpsbench
