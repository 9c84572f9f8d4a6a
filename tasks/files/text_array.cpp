#include "tasks/files/text_array.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "core/error.h"
#include "core/files/text.h"
#include "core/words/number_text.h"

namespace dpsbench {

Tensor read_text_array(const std::string& file) {
  std::vector<double> numbers;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::istringstream lines(read_text(file));
  std::int64_t line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    line = line.substr(0, line.find('#'));
    std::ranges::replace(line, ',', ' ');
    std::istringstream words(line);
    std::int64_t found = 0;
    for (std::string word; words >> word; ++found) {
      const auto number = real_from_text(word);
      if (!number) throw DataError("{}, line {}: '{}' is no number", file, line_number, shown(word.substr(0, 40)));
      numbers.push_back(*number);
    }
    if (found == 0) continue;
    if (rows++ > 0 && found != columns)
      throw DataError("{}, line {}: {} numbers, but {} in the rows before", file, line_number, found, columns);
    columns = found;
  }
  if (rows == 0) throw DataError("{}: holds no numbers", file);
  return at::tensor(numbers, at::kDouble).reshape({rows, columns});
}

}  // namespace dpsbench
