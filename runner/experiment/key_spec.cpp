#include "runner/experiment/key_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace dpsbench {

std::string range_text(const Range& range, bool whole_number) {
  const std::string kind = whole_number ? "a whole number" : "a number";
  const std::string low = fmt::format("{} {}", range.above_least ? "above" : "from", range.least);
  if (std::isfinite(range.least) && std::isfinite(range.greatest))
    return fmt::format("{} {} to {}", kind, low, range.greatest);
  if (std::isfinite(range.least))
    return fmt::format("{} {}", kind, range.above_least ? low : fmt::format("not below {}", range.least));
  return kind;
}

std::string allowed_text(const KeySpec& key) {
  if (!key.choices.empty()) return fmt::format("{}", fmt::join(key.choices, ", "));
  for (const bool whole : {true, false}) {
    const std::string kind = range_text({}, whole);
    if (const std::size_t at = key.value.find(kind); at != std::string::npos)
      return std::string(key.value).replace(at, kind.size(), range_text(key.range, whole));
  }
  return key.value;
}

KeySpec KeySpec::whole(std::string name, std::optional<std::string> otherwise, std::string meaning, Range range) {
  return {std::move(name), "a whole number", std::move(otherwise), std::move(meaning), range};
}

KeySpec KeySpec::flag(std::string name, bool otherwise, std::string meaning) {
  return {std::move(name), "true or false", otherwise ? "true" : "false", std::move(meaning)};
}

KeySpec KeySpec::word(std::string name, std::optional<std::string> otherwise, std::string meaning,
                      std::vector<std::string> choices) {
  return {std::move(name), "a word", std::move(otherwise), std::move(meaning), {}, std::move(choices)};
}

KeySpec KeySpec::path(std::string name, std::optional<std::string> otherwise, std::string meaning) {
  return {std::move(name), "a path", std::move(otherwise), std::move(meaning)};
}

KeySpec KeySpec::group(std::string name, std::optional<std::string> otherwise, std::string meaning) {
  return {std::move(name), "a group of keys", std::move(otherwise), std::move(meaning)};
}

KeySpec KeySpec::groups(std::string name, std::optional<std::string> otherwise, std::string meaning) {
  return {std::move(name), "a list of groups of keys", std::move(otherwise), std::move(meaning)};
}

const KeySpec& KeyBlock::operator[](const std::string& key) const {
  const auto found = std::ranges::find(keys, key, &KeySpec::name);
  if (found == keys.end()) throw Error(fmt::format("the table of keys lacks {} of {}", key, name));
  return *found;
}

}  // namespace dpsbench
