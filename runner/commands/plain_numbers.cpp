#include "runner/commands/plain_numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace dpsbench {
namespace {

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool has_zeros_in_front(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("+-");
  return digits != std::string_view::npos && text.size() > digits + 1 && text[digits] == '0';
}

template <typename Whole>
std::string trouble_with_whole(const std::string& text) {
  if (number_of<Whole>(text) && !has_zeros_in_front(text)) return {};
  return fmt::format("'{}' is not a whole number from {} to {}, written in digits as 100 is", text,
                     std::numeric_limits<Whole>::min(), std::numeric_limits<Whole>::max());
}

std::string trouble_with_real(const std::string& text) {
  const auto number = number_of<double>(text);
  return number && std::isfinite(*number) ? "" : fmt::format("'{}' is not a finite number such as 0.05 or 1e-3", text);
}

}  // namespace

void require_plain_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options({})) {
    const std::string type = option->get_type_name();
    // transform puts a check before those that are there; nothing is altered
    if (type.starts_with("INT"))
      option->transform(CLI::Validator(trouble_with_whole<std::int64_t>, ""));
    else if (type.starts_with("UINT"))
      option->transform(CLI::Validator(trouble_with_whole<std::uint64_t>, ""));
    else if (type.starts_with("FLOAT"))
      option->transform(CLI::Validator(trouble_with_real, ""));
  }
  for (CLI::App* command : app.get_subcommands({})) require_plain_numbers(*command);
}

}  // namespace dpsbench
