#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dpsbench {

/// The value of one option of a task or method: what an experiment file can hold.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;

/// A value as a person writes it: true, 100, 0.05, adjoint.
std::string to_text(const OptionValue& value);

/// One option a task or method takes. The default's type is the option's type.
struct OptionSpec {
  std::string name;
  OptionValue default_value;
  std::string description;                                    ///< what it does, with its unit
  double least = -std::numeric_limits<double>::infinity();    ///< smallest number allowed, inclusive
  double greatest = std::numeric_limits<double>::infinity();  ///< largest number allowed, inclusive
  std::vector<std::string> choices = {};                      ///< words allowed; empty: any

  /// It came later than results that are stored: at its default it is no part of a state, and theirs stay as they were.
  bool unsaid_at_default = false;
};

/// An option that came later than results that are stored.
inline OptionSpec unsaid_at_default(OptionSpec spec) {
  spec.unsaid_at_default = true;
  return spec;
}

/// What it may be, in words: "1 to 1000", "0 or more", "cached, naive".
std::string allowed_text(const OptionSpec& spec);

/// Options by name, complete and checked against a list of OptionSpec.
class OptionValues {
 public:
  /// Fills in defaults and checks type, range and choice of what is given. Whole numbers serve where a real number is
  /// asked. Throws UserError naming the option, the value met and what is allowed.
  OptionValues(const std::vector<OptionSpec>& specs, const std::map<std::string, OptionValue>& given);

  [[nodiscard]] bool flag(const std::string& name) const { return get<bool>(name); }
  [[nodiscard]] std::int64_t integer(const std::string& name) const { return get<std::int64_t>(name); }
  [[nodiscard]] double real(const std::string& name) const { return get<double>(name); }
  [[nodiscard]] const std::string& word(const std::string& name) const { return get<std::string>(name); }

  [[nodiscard]] const std::map<std::string, OptionValue>& all() const { return values_; }

  /// Whether the option is one of a state: not where it is unsaid_at_default and has that value.
  [[nodiscard]] bool said(const std::string& name) const { return !unsaid_.contains(name); }

 private:
  template <typename T>
  const T& get(const std::string& name) const {
    return std::get<T>(values_.at(name));
  }
  std::map<std::string, OptionValue> values_;
  std::set<std::string> unsaid_;
};

/// Checks one value against its spec and converts it to the spec's type; throws UserError as above.
OptionValue checked(const OptionSpec& spec, const OptionValue& value);

}  // namespace dpsbench
