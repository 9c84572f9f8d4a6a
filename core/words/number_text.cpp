#include "core/words/number_text.h"

#include <charconv>
#include <cmath>
#include <string>

namespace dpsbench {
namespace {

constexpr double greatest_exact = 9007199254740992.0;  // 2^53: beyond, neighbouring doubles are further apart than 1

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The text as std::from_chars takes it: without plus sign and underscores. None where these, or zeros, are misplaced.
std::optional<std::string> plain_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (text.size() > first + 1 && text[first] == '0' && (is_digit(text[first + 1]) || text[first + 1] == '_'))
    return std::nullopt;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool between = at > 0 && at + 1 < text.size() && is_digit(text[at - 1]) && is_digit(text[at + 1]);
    if (text[at] != '_') plain += text[at];
    if (text[at] == '_' && !between) return std::nullopt;
  }
  return plain;
}

template <typename Number>
std::optional<Number> parsed(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Integer>
std::optional<Integer> integer_from_text(std::string_view text) {
  const auto plain = plain_number(text);
  if (!plain) return std::nullopt;
  if (const auto integer = parsed<Integer>(*plain)) return integer;
  const std::optional<double> real = real_from_text(text);
  if (!real || *real != std::floor(*real) || std::abs(*real) >= greatest_exact) return std::nullopt;
  if (std::is_unsigned_v<Integer> && *real < 0) return std::nullopt;
  return static_cast<Integer>(*real);
}

}  // namespace

std::optional<double> real_from_text(std::string_view text) {
  const auto plain = plain_number(text);
  if (!plain) return std::nullopt;
  const auto real = parsed<double>(*plain);
  return real && std::isfinite(*real) ? real : std::nullopt;
}

std::optional<std::int64_t> whole_from_text(std::string_view text) { return integer_from_text<std::int64_t>(text); }

std::optional<std::uint64_t> natural_from_text(std::string_view text) { return integer_from_text<std::uint64_t>(text); }

}  // namespace dpsbench
