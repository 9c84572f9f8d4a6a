#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/options.h"
#include "runner/experiment/key_spec.h"
#include "runner/experiment/yaml_document.h"

namespace dpsbench {

/// Reads one map of a YAML document key by key and remembers what was read, so that a misspelled key is an error rather
/// than silently ignored. Every message names the file, line and column, the key's path (as --set takes it), the value
/// met and the values allowed. All functions throw UserError.
class YamlReader {
 public:
  explicit YamlReader(std::shared_ptr<const YamlDocument> document);

  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Where the map itself, or one of its keys, stands.
  [[nodiscard]] std::string place(const std::string& key = "") const;

  /// A key's only value; without a default the key must be there.
  [[nodiscard]] std::string word(const std::string& key, std::optional<std::string> otherwise = {}) const;
  /// A key's path to a file or folder (input_path.h), from `folder`. One that --set gave is looked for in the folder
  /// where the command was typed, then in `folder`; which of two is meant is asked.
  [[nodiscard]] std::filesystem::path path(const std::string& key, const std::filesystem::path& folder) const;
  [[nodiscard]] std::int64_t whole(const std::string& key, Range range,
                                   std::optional<std::int64_t> otherwise = {}) const;
  /// The same where the value may also be a certain word; then none.
  [[nodiscard]] std::optional<std::int64_t> whole_or(const std::string& word, const std::string& key,
                                                     Range range) const;
  [[nodiscard]] bool flag(const std::string& key, bool otherwise) const;
  [[nodiscard]] std::string choice(const std::string& key, const std::vector<std::string>& allowed,
                                   const std::string& otherwise) const;

  /// One value or a list of values; an empty list is an error.
  [[nodiscard]] std::vector<std::string> words(const std::string& key) const;
  [[nodiscard]] std::vector<double> reals(const std::string& key, Range range) const;
  /// One value or a list of values (a scan), each checked against the option's type, range and choices.
  [[nodiscard]] std::vector<OptionValue> options(const std::string& key, const OptionSpec& spec) const;

  // The same by a table of keys: name, range, words and default are the table's.
  [[nodiscard]] std::string word(const KeySpec& key) const { return word(key.name, key.otherwise); }
  [[nodiscard]] std::string choice(const KeySpec& key) const;
  [[nodiscard]] std::int64_t whole(const KeySpec& key) const;
  [[nodiscard]] std::optional<std::int64_t> whole_or(const std::string& word, const KeySpec& key) const;
  [[nodiscard]] double real(const KeySpec& key) const;
  [[nodiscard]] bool flag(const KeySpec& key) const;
  /// Without the key those of the default, "psnr, ssim"; of an empty one none.
  [[nodiscard]] std::vector<std::string> words(const KeySpec& key) const;
  [[nodiscard]] std::vector<double> reals(const KeySpec& key) const { return reals(key.name, key.range); }

  [[nodiscard]] YamlReader map(const std::string& key) const;
  /// A list of maps, at least one.
  [[nodiscard]] std::vector<YamlReader> maps(const std::string& key) const;

  /// Throws for the first key that was never asked for, with the nearest name that was.
  void reject_unknown() const;

  /// Throws UserError: place, key's path, message.
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

 private:
  YamlReader(std::shared_ptr<const YamlDocument> document, YAML::Node node, std::string path);
  [[nodiscard]] YAML::Node find(const std::string& key) const;
  [[nodiscard]] YAML::Node require(const std::string& key) const;
  [[nodiscard]] std::string scalar(const std::string& key, const YAML::Node& node, const char* wanted) const;
  [[nodiscard]] std::vector<YAML::Node> items(const std::string& key) const;
  [[nodiscard]] std::string path_of(const std::string& key) const;
  [[nodiscard]] double number(const std::string& key, const YAML::Node& node, Range range, bool whole_number,
                              const std::string& instead = "") const;
  [[noreturn]] void fail_at(const YAML::Node& node, const std::string& key, const std::string& message) const;

  std::shared_ptr<const YamlDocument> document_;
  YAML::Node node_;
  std::string path_;
  std::shared_ptr<std::set<std::string>> asked_;
};

}  // namespace dpsbench
