#include "runner/experiment/yaml_document.h"

#include <yaml-cpp/eventhandler.h>

#include <charconv>
#include <iterator>
#include <sstream>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;
constexpr int deepest_level = 32;
constexpr const char* name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

std::string position(const std::string& name, const YAML::Mark& mark) {
  return mark.is_null() ? name : fmt::format("{}:{}:{}", name, mark.line + 1, mark.column + 1);
}

/// Walks the events of a document before its tree is built. The parser recurses as it emits them, so a throw at a level
/// bounds its recursion too.
class BoundsCheck final : public YAML::EventHandler {
 public:
  explicit BoundsCheck(std::string name) : name_(std::move(name)) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { refuse_anchor(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string&) override {
    refuse_anchor(mark, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(mark, anchor);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(mark, anchor);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0)
      throw UserError("{}: anchors (&) and aliases (*) are not allowed: write the value out", position(name_, mark));
  }
  void enter(const YAML::Mark& mark, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    if (++depth_ > deepest_level)
      throw UserError("{}: nested more than {} levels deep", position(name_, mark), deepest_level);
  }

  std::string name_;
  int depth_ = 0;
};

/// `${NAME}` written as `$(NAME)`, of the same length: YAML gives braces a meaning of their own inside {...}.
std::string with_round_brackets(std::string text) {
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
    const std::size_t end = text.find_first_not_of(name_characters, at + 2);
    if (end == std::string::npos || text[end] != '}') continue;
    text[at + 1] = '(';
    text[end] = ')';
  }
  return text;
}

YAML::Node parse_tree(const std::string& source, const std::string& name) {
  const std::string text = with_round_brackets(source);
  if (text.size() > largest_file) throw UserError("{}: {} bytes; allowed: at most {}", name, text.size(), largest_file);
  try {
    std::istringstream bounds_stream(text);
    YAML::Parser parser(bounds_stream);
    BoundsCheck bounds(name);
    if (!parser.HandleNextDocument(bounds)) throw UserError("{}: empty", name);
    if (parser.HandleNextDocument(bounds)) throw UserError("{}: more than one document (---); allowed: one", name);
    return YAML::Load(text);
  } catch (const YAML::Exception& error) {
    throw UserError("{}: not YAML: {}", position(name, error.mark), error.msg);
  }
}

std::vector<std::string> split_path(const std::string& path, const std::string& override_text) {
  std::vector<std::string> steps;
  std::istringstream stream(path);
  for (std::string step; std::getline(stream, step, '.');) {
    if (step.empty()) throw UserError("--set {}: empty step in the path '{}'", override_text, path);
    steps.push_back(step);
  }
  return steps;
}

/// The child of a map or list that one step of a path names. A map's new key comes to life; a list keeps its length.
YAML::Node descend(YAML::Node node, const std::string& step, const std::string& override_text) {
  if (!node.IsSequence()) {
    if (node.IsScalar())
      throw UserError("--set {}: '{}' lies under '{}', which is a single value", override_text, step, node.Scalar());
    return node[step];
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || end != step.data() + step.size() || index >= node.size())
    throw UserError("--set {}: '{}' is no item of the list; allowed: 0 to {}", override_text, step, node.size() - 1);
  return node[index];
}

void apply_override(YAML::Node& root, const std::string& override_text) {
  const std::size_t equals = override_text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UserError("--set {}: not of the form path=value, e.g. --set methods.0.steps=100", override_text);
  const YAML::Node value = parse_tree(override_text.substr(equals + 1), "--set " + override_text);
  YAML::Node node = root;
  for (const std::string& step : split_path(override_text.substr(0, equals), override_text))
    node.reset(descend(node, step, override_text));
  node = value;
}

}  // namespace

std::string scalar_text(const YAML::Node& node) {
  std::string text = node.Scalar();
  for (std::size_t at = text.find("$("); at != std::string::npos; at = text.find("$(", at + 1)) {
    const std::size_t end = text.find_first_not_of(name_characters, at + 2);
    if (end == std::string::npos || text[end] != ')') continue;
    text[at + 1] = '{';
    text[end] = '}';
  }
  return text;
}

std::string YamlDocument::place(const std::string& path, const YAML::Node& node) const {
  for (auto text = overrides.rbegin(); text != overrides.rend(); ++text) {
    const std::string target = text->substr(0, text->find('='));
    if (path == target || path.starts_with(target + ".")) return "--set " + *text;
  }
  return node.IsDefined() ? position(file, node.Mark()) : file;
}

YamlDocument parse_yaml(const std::string& text, const std::string& name, const std::vector<std::string>& overrides) {
  YamlDocument document{name, parse_tree(text, name), overrides};
  if (!document.root.IsMap()) throw UserError("{}: not a list of 'key: value' lines", name);
  for (const std::string& override_text : overrides) apply_override(document.root, override_text);
  return document;
}

YamlDocument load_yaml(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  return parse_yaml(read_regular_file(file, largest_file), file.string(), overrides);
}

}  // namespace dpsbench
