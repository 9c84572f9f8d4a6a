#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace dpsbench {

/// The numbers a key may hold, ends included.
struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double greatest = std::numeric_limits<double>::infinity();
  bool above_least = false;  ///< `least` itself is not allowed
};

/// "a whole number from 1 to 4096", "a number above 0".
std::string range_text(const Range& range, bool whole_number);

/// One key of an experiment file: what the reader allows and takes in its absence, and what the reference says of it.
struct KeySpec {
  std::string name;
  std::string value;                     ///< what stands there, for people; see allowed_text()
  std::optional<std::string> otherwise;  ///< what holds where it is missing; none: it must be there
  std::string meaning;
  Range range = {};                       ///< of numbers
  std::vector<std::string> choices = {};  ///< the words there are

  operator const std::string&() const { return name; }  // NOLINT: a reader asks by the key itself

  static KeySpec whole(std::string name, std::optional<std::string> otherwise, std::string meaning, Range range);
  static KeySpec flag(std::string name, bool otherwise, std::string meaning);
  static KeySpec word(std::string name, std::optional<std::string> otherwise, std::string meaning,
                      std::vector<std::string> choices);
  static KeySpec path(std::string name, std::optional<std::string> otherwise, std::string meaning);
  /// Keys of its own, told elsewhere.
  static KeySpec group(std::string name, std::optional<std::string> otherwise, std::string meaning);
  static KeySpec groups(std::string name, std::optional<std::string> otherwise, std::string meaning);
};

/// What may be written there: the words, the range after "whole number" or "number", else `value` itself.
std::string allowed_text(const KeySpec& key);

/// The keys of one group of an experiment file.
struct KeyBlock {
  std::string name;  ///< the key that holds the group; "experiment" is the file itself
  std::string meaning;
  std::vector<KeySpec> keys;

  /// The key of that name. Throws Error where the table lacks it: nothing is read that the reference does not tell.
  const KeySpec& operator[](const std::string& key) const;
};

}  // namespace dpsbench
