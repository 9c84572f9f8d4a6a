#include "runner/catalogue/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dpsbench {
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

nlohmann::ordered_json options_as_json(const std::vector<OptionSpec>& options) {
  auto all = nlohmann::ordered_json::array();
  for (const OptionSpec& spec : options) {
    nlohmann::ordered_json option = {{"name", spec.name}};
    std::visit([&](const auto& value) { option["default"] = value; }, spec.default_value);
    option["allowed"] = allowed_text(spec);
    option["meaning"] = spec.description;
    const bool is_number =
        !std::holds_alternative<bool>(spec.default_value) && !std::holds_alternative<std::string>(spec.default_value);
    if (is_number && std::isfinite(spec.least)) option["least"] = spec.least;
    if (is_number && std::isfinite(spec.greatest)) option["greatest"] = spec.greatest;
    if (!spec.choices.empty()) option["choices"] = spec.choices;
    all.push_back(option);
  }
  return all;
}

}  // namespace dpsbench
