#include "runner/commands/written_words.h"

#include <algorithm>
#include <cstdlib>

#include "core/words/number_text.h"

namespace dpsbench {
namespace {

template <typename Number>
std::string canonical(const std::string& text, std::optional<Number> (*read)(std::string_view), const char* wanted) {
  const std::optional<Number> number = read(text);
  if (!number) throw CLI::ValidationError(fmt::format("'{}' is not {}", text, wanted));
  return fmt::format("{}", *number);
}

void take_numbers(CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (type.starts_with("INT"))
    option.transform(
        [](const std::string& text) { return canonical(text, whole_from_text, "a whole number, like 100 or 1e2"); });
  if (type.starts_with("UINT"))
    option.transform([](const std::string& text) {
      return canonical(text, natural_from_text, "a whole number from 0, like 100 or 1e2");
    });
  if (type.starts_with("FLOAT"))
    option.transform(
        [](const std::string& text) { return canonical(text, real_from_text, "a number, like 0.05 or 5e-2"); });
}

}  // namespace

void take_numbers_as_written(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](CLI::Option*) { return true; })) take_numbers(*option);
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) take_numbers_as_written(*command);
}

CLI::Validator above_zero(double greatest) {
  const std::string allowed = fmt::format("above 0 to {}", greatest);
  return {[allowed, greatest](std::string& text) {
            const std::optional<double> number = real_from_text(text);
            return number && *number > 0 && *number <= greatest
                       ? std::string()
                       : fmt::format("{} is not allowed; allowed: {}", text, allowed);
          },
          allowed};
}

std::vector<std::string> with_hyphens(const std::vector<std::string>& words) {
  std::vector<std::string> result = words;
  for (std::string& word : result)
    if (word.starts_with("--"))
      std::replace(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(std::min(word.find('='), word.size())), '_',
                   '-');
  return result;
}

std::vector<std::string> with_home(const std::vector<std::string>& words) {
  const char* home = std::getenv("HOME");
  std::vector<std::string> result = words;
  if (home == nullptr || *home == '\0') return result;
  for (std::string& word : result) {
    const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::size_t at = equals == std::string::npos ? 0 : equals + 1;
    if (word.compare(at, std::string::npos, "~") == 0 || word.compare(at, 2, "~/") == 0) word.replace(at, 1, home);
  }
  return result;
}

}  // namespace dpsbench
