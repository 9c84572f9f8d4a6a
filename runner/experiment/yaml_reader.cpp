#include "runner/experiment/yaml_reader.h"

#include <algorithm>
#include <sstream>

#include "core/error.h"
#include "core/words/nearest_name.h"
#include "core/words/number_text.h"
#include "core/words/printable.h"
#include "core/words/utf8.h"
#include "runner/experiment/input_path.h"

namespace dpsbench {
namespace {

/// A scalar where no word is asked for: a flag, a whole number, a number, else the text.
OptionValue typed(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = whole_from_text(text)) return *whole;
  if (const auto real = real_from_text(text)) return *real;
  return text;
}

std::string kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a group of keys";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "nothing";
  return fmt::format("'{}'", scalar_text(node));
}

}  // namespace

YamlReader::YamlReader(std::shared_ptr<const YamlDocument> document) : YamlReader(document, document->root, "") {}

YamlReader::YamlReader(std::shared_ptr<const YamlDocument> document, YAML::Node node, std::string path)
    : document_(std::move(document)),
      node_(node),
      path_(std::move(path)),
      asked_(std::make_shared<std::set<std::string>>()) {
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) fail_at(entry.first, "", "a key must be a single word");
    if (!seen.insert(entry.first.Scalar()).second) fail_at(entry.first, entry.first.Scalar(), "appears twice");
  }
}

std::string YamlReader::path_of(const std::string& key) const {
  if (key.empty()) return path_;
  return path_.empty() ? key : path_ + "." + key;
}

void YamlReader::fail_at(const YAML::Node& node, const std::string& key, const std::string& message) const {
  throw UserError("{}: {}: {}", document_->place(path_of(key), node), path_of(key), message);
}

void YamlReader::fail(const std::string& key, const std::string& message) const {
  const YAML::Node node = key.empty() ? node_ : find(key);
  fail_at(node.IsDefined() ? node : node_, key, message);
}

std::string YamlReader::place(const std::string& key) const {
  return document_->place(path_of(key), key.empty() ? node_ : find(key));
}

YAML::Node YamlReader::find(const std::string& key) const {
  asked_->insert(key);
  for (const auto& entry : node_)
    if (entry.first.Scalar() == key) return entry.second;
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node YamlReader::require(const std::string& key) const {
  const YAML::Node node = find(key);
  if (!node.IsDefined()) fail_at(node_, key, "missing");
  return node;
}

bool YamlReader::has(const std::string& key) const { return find(key).IsDefined(); }

std::vector<std::string> YamlReader::keys() const {
  std::vector<std::string> names;
  for (const auto& entry : node_) names.push_back(entry.first.Scalar());
  return names;
}

std::string YamlReader::scalar(const std::string& key, const YAML::Node& node, const char* wanted) const {
  if (!node.IsScalar()) fail_at(node, key, fmt::format("{} is not allowed; allowed: {}", kind_of(node), wanted));
  std::string text = scalar_text(node);
  if (!is_utf8(text)) fail_at(node, key, fmt::format("'{}' is not UTF-8", printable(text)));
  if (const std::string control = first_control_character(text); !control.empty())
    fail_at(node, key,
            fmt::format("'{}' holds the control character {}; allowed: text on one line", printable(text), control));
  return text;
}

std::string YamlReader::word(const std::string& key, std::optional<std::string> otherwise) const {
  if (otherwise && !has(key)) return *otherwise;
  std::string text = scalar(key, require(key), "a word or text");
  if (text.empty()) fail(key, "is empty");
  return text;
}

std::filesystem::path YamlReader::path(const std::string& key, const std::filesystem::path& folder) const {
  const std::string text = word(key);
  std::filesystem::path beside = input_path(text, folder);
  if (document_->override_of(path_of(key)) == nullptr) return beside;
  std::filesystem::path here = input_path(text, std::filesystem::current_path());
  std::error_code ignored;
  if (!std::filesystem::exists(beside, ignored) || std::filesystem::equivalent(here, beside, ignored)) return here;
  if (std::filesystem::exists(here, ignored))
    fail(key, fmt::format("there are both {} and {}: write out the one that is meant", here.string(), beside.string()));
  return beside;
}

double YamlReader::number(const std::string& key, const YAML::Node& node, Range range, bool whole_number,
                          const std::string& instead) const {
  const std::string allowed = (instead.empty() ? "" : instead + ", or ") + range_text(range, whole_number);
  const std::string text = scalar(key, node, allowed.c_str());
  const auto value = real_from_text(text);
  const bool inside =
      value && *value <= range.greatest && (range.above_least ? *value > range.least : *value >= range.least);
  if (!inside || (whole_number && !whole_from_text(text)))
    fail_at(node, key,
            fmt::format("'{}' is not allowed; allowed: {}{}", text, allowed,
                        value          ? ""
                        : whole_number ? ", written like 100 or 1e2"
                                       : ", written like 0.05 or 5e-2"));
  return *value;
}

std::int64_t YamlReader::whole(const std::string& key, Range range, std::optional<std::int64_t> otherwise) const {
  if (otherwise && !has(key)) return *otherwise;
  const YAML::Node node = require(key);
  static_cast<void>(number(key, node, range, true));
  return *whole_from_text(node.Scalar());
}

std::optional<std::int64_t> YamlReader::whole_or(const std::string& word, const std::string& key, Range range) const {
  const YAML::Node node = require(key);
  if (node.IsScalar() && node.Scalar() == word) return std::nullopt;
  static_cast<void>(number(key, node, range, true, word));
  return *whole_from_text(node.Scalar());
}

bool YamlReader::flag(const std::string& key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const YAML::Node node = require(key);
  const std::string text = scalar(key, node, "true, false");
  if (text != "true" && text != "false")
    fail_at(node, key, fmt::format("'{}' is not allowed; allowed: true, false", text));
  return text == "true";
}

std::string YamlReader::choice(const std::string& key, const std::vector<std::string>& allowed,
                               const std::string& otherwise) const {
  const std::string text = word(key, otherwise);
  if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
    fail(key, fmt::format("'{}' is not allowed; allowed: {}", text, fmt::join(allowed, ", ")));
  return text;
}

std::vector<YAML::Node> YamlReader::items(const std::string& key) const {
  const YAML::Node node = require(key);
  if (!node.IsSequence()) return {node};
  if (node.size() == 0) fail_at(node, key, "the list is empty; at least one value is needed");
  return {node.begin(), node.end()};
}

std::vector<std::string> YamlReader::words(const std::string& key) const {
  std::vector<std::string> texts;
  for (const YAML::Node& item : items(key)) texts.push_back(scalar(key, item, "a word or a list of words"));
  return texts;
}

std::vector<double> YamlReader::reals(const std::string& key, Range range) const {
  std::vector<double> numbers;
  for (const YAML::Node& item : items(key)) numbers.push_back(number(key, item, range, false));
  return numbers;
}

std::vector<OptionValue> YamlReader::options(const std::string& key, const OptionSpec& spec) const {
  std::vector<OptionValue> values;
  for (const YAML::Node& item : items(key)) {
    const std::string text = scalar(key, item, spec.description.c_str());
    const bool wants_word = std::holds_alternative<std::string>(spec.default_value);
    try {
      values.push_back(checked(spec, wants_word ? OptionValue(text) : typed(text)));
    } catch (const UserError& error) {
      throw UserError("{}: {}: {}", document_->place(path_of(key), item), path_of(key), error.what());
    }
  }
  return values;
}

std::string YamlReader::choice(const KeySpec& key) const {
  if (!key.otherwise) static_cast<void>(require(key.name));
  return choice(key.name, key.choices, key.otherwise.value_or(""));
}

std::int64_t YamlReader::whole(const KeySpec& key) const {
  return whole(key.name, key.range, key.otherwise ? whole_from_text(*key.otherwise) : std::nullopt);
}

std::optional<std::int64_t> YamlReader::whole_or(const std::string& word, const KeySpec& key) const {
  return whole_or(word, key.name, key.range);
}

double YamlReader::real(const KeySpec& key) const {
  if (key.otherwise && !has(key.name)) return real_from_text(*key.otherwise).value();
  return number(key.name, require(key.name), key.range, false);
}

bool YamlReader::flag(const KeySpec& key) const { return flag(key.name, key.otherwise == "true"); }

std::vector<std::string> YamlReader::words(const KeySpec& key) const {
  if (!key.otherwise || has(key.name)) return words(key.name);
  std::vector<std::string> names;
  std::istringstream list(*key.otherwise);
  for (std::string name; std::getline(list >> std::ws, name, ',');) names.push_back(name);
  return names;
}

YamlReader YamlReader::map(const std::string& key) const {
  const YAML::Node node = require(key);
  if (!node.IsMap()) fail_at(node, key, fmt::format("{} is not allowed; allowed: a group of keys", kind_of(node)));
  return {document_, node, path_of(key)};
}

std::vector<YamlReader> YamlReader::maps(const std::string& key) const {
  const YAML::Node node = require(key);
  if (!node.IsSequence()) fail_at(node, key, fmt::format("{} is not allowed; allowed: a list", kind_of(node)));
  if (node.size() == 0) fail_at(node, key, "the list is empty; at least one entry is needed");
  std::vector<YamlReader> readers;
  for (std::size_t index = 0; index < node.size(); ++index) {
    const YAML::Node item = node[index];
    const std::string item_key = fmt::format("{}.{}", key, index);
    if (!item.IsMap())
      fail_at(item, item_key, fmt::format("{} is not allowed; allowed: an entry like {{name: ...}}", kind_of(item)));
    readers.push_back({document_, item, path_of(item_key)});
  }
  return readers;
}

void YamlReader::reject_unknown() const {
  for (const auto& entry : node_) {
    const std::string& key = entry.first.Scalar();
    if (asked_->contains(key)) continue;
    const std::vector<std::string> known(asked_->begin(), asked_->end());
    fail_at(entry.first, key,
            fmt::format("unknown key{}; allowed: {}", did_you_mean(key, known), fmt::join(known, ", ")));
  }
}

}  // namespace dpsbench
