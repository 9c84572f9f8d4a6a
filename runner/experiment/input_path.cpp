#include "runner/experiment/input_path.h"

#include <cstdlib>
#include <optional>

#include "core/error.h"

namespace dpsbench {
namespace {

/// A `${NAME}` of a text: where it begins, its length, and NAME.
struct Reference {
  std::size_t begin;
  std::size_t length;
  std::string name;
};

std::optional<Reference> find_reference(const std::string& text, std::size_t from) {
  const std::size_t begin = text.find("${", from);
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = text.find('}', begin);
  if (end == std::string::npos) throw UserError("'{}': '${{' without '}}'", text);
  return Reference{begin, end + 1 - begin, text.substr(begin + 2, end - begin - 2)};
}

}  // namespace

std::filesystem::path input_path(const std::string& written, const std::filesystem::path& folder) {
  std::string text = written;
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
  const auto reference = find_reference(path.string(), 0);
  return reference ? reference->name : std::string();
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
