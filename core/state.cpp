#include "core/state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/words/given_file.h"

namespace dpsbench {
namespace {

std::string for_people(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

/// "scale 0.5"; a flag by its name alone.
std::string option_label(const std::string& name, const std::string& value) {
  const std::string word = for_people(name);
  if (value == "true") return word;
  if (holds_file(name)) return fmt::format("{} {}", word, file_name(given_file(value)));
  return value == "false" ? "not " + word : fmt::format("{} {}", word, value);
}

}  // namespace

State state_of(const std::string& name, const OptionValues& options) {
  State state{name, {}};
  for (const auto& [option, value] : options.all())
    if (options.said(option) && (!holds_file(option) || !to_text(value).empty()))
      state.options[option] = to_text(value);
  return state;
}

std::string to_text(const State& state) {
  std::string text = state.name;
  for (const auto& [option, value] : state.options)
    text += fmt::format(" {}={}", option, holds_file(option) ? content_of(given_file(value)) : value);
  return text;
}

std::map<std::string, std::string> to_attributes(const std::string& role, const State& state) {
  std::map<std::string, std::string> attributes = {{role, state.name}};
  for (const auto& [option, value] : state.options) attributes[fmt::format("{}.{}", role, option)] = value;
  return attributes;
}

std::string label(const State& state, const std::set<std::string>& shown, const std::vector<std::string>& remarks) {
  std::vector<std::string> words = remarks;
  std::string steps;
  for (const auto& [option, value] : state.options) {
    if (!shown.contains(option)) continue;
    if (option == "steps")
      steps = fmt::format(", {} steps", value);
    else
      words.push_back(option_label(option, value));
  }
  const std::string in_brackets = words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", "));
  return state.name + in_brackets + steps;
}

std::map<std::string, std::set<std::string>> varying_options(const std::vector<State>& states) {
  std::map<std::string, const State*> first;
  std::map<std::string, std::set<std::string>> varying;
  for (const State& state : states) {
    const State& other = *first.try_emplace(state.name, &state).first->second;
    for (const auto& [option, value] : state.options)
      if (const auto found = other.options.find(option); found == other.options.end() || found->second != value)
        varying[state.name].insert(option);
    for (const auto& [option, value] : other.options)
      if (!state.options.contains(option)) varying[state.name].insert(option);
  }
  return varying;
}

}  // namespace dpsbench
