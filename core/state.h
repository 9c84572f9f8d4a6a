#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/options.h"

namespace dpsbench {

/// A task or a method as it is set: its name and the value of every option, as text. Two of one state give the same
/// answer to the same problem. What plans, identities of stored results, labels and tests say of a task or method, they
/// say by it.
struct State {
  std::string name;
  /// Every option, defaults too, but for those that are unsaid there: {"scale", "0.5"}, {"as_published", "false"}.
  std::map<std::string, std::string> options;

  auto operator<=>(const State&) const = default;
};

/// The method whose samples another program made (dpsbench import); its option `answers` says what they are called.
inline constexpr const char* imported_name = "imported";

/// The state of the entry of that name with these options.
State state_of(const std::string& name, const OptionValues& options);

/// "dps scale=0.5 steps=1000", the options in alphabetical order. Part of what identifies stored results.
std::string to_text(const State& state);

/// As attributes of a stored cell: `role` ("task" or "method") -> name, "role.option" -> value.
std::map<std::string, std::string> to_attributes(const std::string& role, const State& state);

/// For people: "dps (scale 0.5, as published), 100 steps", of the options only those `shown`; `remarks` stand before
/// them.
std::string label(const State& state, const std::set<std::string>& shown, const std::vector<std::string>& remarks = {});

/// The names of those options that have several values among the states of one name: name -> options.
std::map<std::string, std::set<std::string>> varying_options(const std::vector<State>& states);

}  // namespace dpsbench
