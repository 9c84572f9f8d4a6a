#include "runner/experiment/input_path.h"

#include <cctype>
#include <cstdlib>
#include <optional>

#include "core/error.h"

namespace dpsbench {
namespace {

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// A `${NAME}` or `$NAME` of a text: where it begins, its length, and NAME.
struct Reference {
  std::size_t begin;
  std::size_t length;
  std::string name;
};

std::optional<Reference> find_reference(const std::string& text, std::size_t from) {
  for (std::size_t begin = text.find('$', from); begin != std::string::npos; begin = text.find('$', begin + 1)) {
    if (text.compare(begin, 2, "${") == 0) {
      const std::size_t end = text.find('}', begin);
      if (end == std::string::npos) throw UserError("'{}': '${{' without '}}'", text);
      return Reference{begin, end + 1 - begin, text.substr(begin + 2, end - begin - 2)};
    }
    std::size_t end = begin + 1;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end > begin + 1 && std::isdigit(static_cast<unsigned char>(text[begin + 1])) == 0)
      return Reference{begin, end - begin, text.substr(begin + 1, end - begin - 1)};
  }
  return std::nullopt;
}

/// `~/x` as the shell has it; anything else, and where there is no HOME, as it is.
std::string with_home_folder(const std::string& text) {
  const char* home = std::getenv("HOME");
  const bool of_home = text == "~" || text.starts_with("~/");
  return of_home && home != nullptr ? home + text.substr(1) : text;
}

}  // namespace

std::filesystem::path input_path(const std::string& written, const std::filesystem::path& folder) {
  std::string text = with_home_folder(written);
  std::size_t from = 0;
  while (const auto reference = find_reference(text, from)) {
    const char* value = std::getenv(reference->name.c_str());
    from = reference->begin + (value == nullptr ? reference->length : std::string(value).size());
    if (value != nullptr) text.replace(reference->begin, reference->length, value);
  }
  const std::filesystem::path path(text);
  return path.is_absolute() || text.starts_with("${") ? path : folder / path;
}

std::string missing_variable(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto reference = find_reference(path.string(), 0);
  return reference && !std::filesystem::exists(path, ignored) ? reference->name : std::string();  // else a $ of a name
}

void require_path(const std::filesystem::path& path, const std::string& key, const std::string& what) {
  if (const std::string variable = missing_variable(path); !variable.empty())
    throw UserError("{}: {}: set the environment variable {} (export {}=/folder), or write the path out", key,
                    path.string(), variable, variable);
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw UserError("{}: {} is not there: put {} there", key, path.string(), what);
}

}  // namespace dpsbench
