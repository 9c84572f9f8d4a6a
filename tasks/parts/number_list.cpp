#include "tasks/parts/number_list.h"

#include <charconv>
#include <sstream>

#include "core/error.h"

namespace dpsbench {

std::vector<std::int64_t> number_list(const std::string& option, const std::string& text, std::int64_t greatest) {
  std::vector<std::int64_t> numbers;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool whole = error == std::errc() && end == word.data() + word.size();
    if (!whole || number < 0 || number > greatest || (!numbers.empty() && number <= numbers.back()))
      throw UserError("{}: '{}' is not allowed; allowed: ascending whole numbers from 0 to {}", option, word, greatest);
    numbers.push_back(number);
  }
  if (numbers.empty()) throw UserError("{}: the list is empty; allowed: numbers from 0 to {}", option, greatest);
  return numbers;
}

}  // namespace dpsbench
