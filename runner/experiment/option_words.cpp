#include "runner/experiment/option_words.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/nearest_name.h"
#include "runner/experiment/yaml_reader.h"

namespace dpsbench {
namespace {

OptionValue read_value(const OptionSpec& spec, const std::string& word, const std::string& flag) {
  const std::string value = word.substr(word.find('=') + 1);
  const std::string place = fmt::format("{} {}", flag, word);
  const YamlReader reader(std::make_shared<const YamlDocument>(parse_yaml(spec.name + ": " + value, place)));
  const std::vector<OptionValue> values = reader.options(spec.name, spec);
  if (values.size() != 1) throw UserError("{}: {} values; allowed: one", place, values.size());
  return values.front();
}

}  // namespace

std::map<std::string, OptionValue> read_option_words(const std::vector<OptionSpec>& specs,
                                                     const std::vector<std::string>& words, const std::string& flag) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.push_back(spec.name);
  std::map<std::string, OptionValue> values;
  for (const std::string& word : words) {
    const std::string name = word.substr(0, word.find('='));
    if (name.size() == word.size()) throw UserError("{} {}: has no '='; allowed: NAME=VALUE", flag, word);
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const auto& known) { return known.name == name; });
    if (spec == specs.end())
      throw UserError("{} {}: there is no option '{}'{}; allowed: {}", flag, word, name, did_you_mean(name, names),
                      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
    if (!values.emplace(name, read_value(*spec, word, flag)).second)
      throw UserError("{} {}: '{}' is given twice", flag, word, name);
  }
  return values;
}

}  // namespace dpsbench
