#pragma once
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// A YAML file as a tree, with the overrides of the command line (`--set a.b=c`) already in it.
struct YamlDocument {
  std::string file;  ///< as messages name it
  YAML::Node root;
  std::vector<std::string> overrides;  ///< "path=value", in the order given

  /// The override that put a value where it is; null: the file did.
  [[nodiscard]] const std::string* override_of(const std::string& path) const;
  /// How a message names the place of a value: "table1.yaml:3:7", or "--set seed=1" where an override put it.
  [[nodiscard]] std::string place(const std::string& path, const YAML::Node& node) const;
};

/// Reads a file of at most 1 MiB and 32 levels, without anchors and aliases (so that no small file grows large), and
/// puts the overrides in. An override's path has the keys from the root joined by dots, list items by their number from
/// 0: "methods.1.steps=[100, 50]"; its value is YAML. Throws UserError naming file, line and column.
YamlDocument load_yaml(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});

/// The same from a text; `name` is what messages call it.
YamlDocument parse_yaml(const std::string& text, const std::string& name,
                        const std::vector<std::string>& overrides = {});

/// A scalar as the file has it. (Inside a document `${NAME}` is kept as `$(NAME)`, which YAML leaves alone.)
std::string scalar_text(const YAML::Node& node);

}  // namespace dpsbench
