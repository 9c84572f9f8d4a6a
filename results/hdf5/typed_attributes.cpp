#include "results/hdf5/typed_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace dpsbench {
namespace {

/// From the narrowest type to the widest.
enum class Kind { flag, whole, real, text };

template <typename Number>
bool parse(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

Kind kind_of(const std::string& text) {
  if (text == "true" || text == "false") return Kind::flag;
  std::int64_t whole = 0;
  if (parse(text, whole)) return fmt::format("{}", whole) == text ? Kind::whole : Kind::text;
  double real = 0;
  return parse(text, real) && std::isfinite(real) ? Kind::real : Kind::text;
}

/// The narrowest type that holds values of both.
Kind widest(Kind one, Kind other) {
  if (one == other) return one;
  return std::min(one, other) == Kind::flag ? Kind::text : std::max(one, other);
}

hdf5::AttributeValue typed(const std::string& text, Kind kind) {
  std::int64_t whole = 0;
  double real = 0;
  switch (kind) {
    case Kind::flag:
      return text == "true";
    case Kind::whole:
      parse(text, whole);
      return whole;
    case Kind::real:
      parse(text, real);
      return real;
    case Kind::text:
      break;
  }
  return text;
}

struct TextOf {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& values) const {
    return fmt::format("{}", fmt::join(values, " "));
  }
};

}  // namespace

std::vector<std::map<std::string, hdf5::AttributeValue>> typed_attributes(
    const std::vector<std::map<std::string, std::string>>& cells) {
  std::map<std::string, Kind> kinds;
  for (const auto& cell : cells)
    for (const auto& [name, text] : cell) {
      const auto [found, first] = kinds.try_emplace(name, kind_of(text));
      if (!first) found->second = widest(found->second, kind_of(text));
    }
  std::vector<std::map<std::string, hdf5::AttributeValue>> typed_cells;
  for (const auto& cell : cells) {
    std::map<std::string, hdf5::AttributeValue> values;
    for (const auto& [name, text] : cell) values.emplace(name, typed(text, kinds.at(name)));
    typed_cells.push_back(std::move(values));
  }
  return typed_cells;
}

std::string attribute_text(const hdf5::AttributeValue& value) { return std::visit(TextOf{}, value); }

}  // namespace dpsbench
