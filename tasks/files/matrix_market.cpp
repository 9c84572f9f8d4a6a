#include "tasks/files/matrix_market.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/error.h"
#include "core/files/text.h"
#include "core/words/number_text.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes_of_text = std::size_t{8} << 30;
constexpr std::int64_t most_rows = std::numeric_limits<std::int32_t>::max();

struct Header {
  bool has_values;
  bool symmetric;
  bool skew;
};

/// "%%MatrixMarket matrix coordinate real general", in any case.
Header read_header(const std::string& file, std::string line) {
  std::ranges::transform(line, line.begin(), [](unsigned char c) { return std::tolower(c); });
  std::istringstream words(line);
  std::string mark;
  std::string object;
  std::string format;
  std::string field;
  std::string symmetry;
  words >> mark >> object >> format >> field >> symmetry;
  if (mark != "%%matrixmarket" || object != "matrix")
    throw DataError("{}, line 1: no Matrix Market file: it begins with '%%MatrixMarket matrix ...'", file);
  if (format != "coordinate" || (field != "real" && field != "integer" && field != "pattern") ||
      (symmetry != "general" && symmetry != "symmetric" && symmetry != "skew-symmetric"))
    throw DataError(
        "{}, line 1: '{} {} {}' is not read; allowed: coordinate, then real, integer or pattern, then general, "
        "symmetric or skew-symmetric",
        file, shown(format.substr(0, 40)), shown(field.substr(0, 40)), shown(symmetry.substr(0, 40)));
  return {field != "pattern", symmetry != "general", symmetry == "skew-symmetric"};
}

/// Lines one by one, with their number; blank ones and remarks left out.
class Lines {
 public:
  Lines(std::string file, const std::string& text) : file_(std::move(file)), text_(text) {}

  bool next(std::vector<std::string>& words) {
    for (std::string line; std::getline(text_, line);) {
      ++number_;
      if (line.starts_with('%')) continue;
      std::istringstream rest(line);
      words.clear();
      for (std::string word; rest >> word;) words.push_back(word);
      if (!words.empty()) return true;
    }
    return false;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError("{}, line {}: {}", file_, number_ + 1, what);  // the header is line 1
  }
  [[nodiscard]] std::int64_t whole(const std::string& word, std::int64_t least, std::int64_t greatest) const {
    const auto number = whole_from_text(word);
    if (!number || *number < least || *number > greatest)
      fail(fmt::format("'{}' is not allowed; allowed: {} to {}", shown(word.substr(0, 40)), least, greatest));
    return *number;
  }

 private:
  std::string file_;
  std::istringstream text_;
  std::int64_t number_ = 0;
};

struct Triples {
  std::vector<std::int64_t> row;
  std::vector<std::int64_t> column;
  std::vector<double> value;
  void add(std::int64_t r, std::int64_t c, double v) {
    row.push_back(r);
    column.push_back(c);
    value.push_back(v);
  }
};

}  // namespace

MatrixEntries read_matrix_market(const std::string& file) {
  const std::string text = read_regular_file(file, most_bytes_of_text);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const Header header = read_header(file, text.substr(0, end));
  Lines lines(file, text.substr(std::min(end + 1, text.size())));
  std::vector<std::string> words;
  if (!lines.next(words) || words.size() != 3) lines.fail("rows, columns and entries are missing");
  const std::int64_t rows = lines.whole(words[0], 1, most_rows);
  const std::int64_t columns = lines.whole(words[1], 1, most_rows);
  const auto bytes = static_cast<std::int64_t>(text.size());
  const std::int64_t entries = lines.whole(words[2], 0, bytes / 4 + 1);  // "1 1\n" is the shortest
  if (header.symmetric && rows != columns) lines.fail("a symmetric matrix has as many columns as rows");
  Triples found;
  for (std::int64_t k = 0; k < entries; ++k) {
    if (!lines.next(words)) lines.fail(fmt::format("the file ends after {} of {} entries", k, entries));
    if (words.size() != (header.has_values ? 3U : 2U)) lines.fail("an entry is a row, a column and its value");
    const std::int64_t row = lines.whole(words[0], 1, rows) - 1;
    const std::int64_t column = lines.whole(words[1], 1, columns) - 1;
    const auto value = header.has_values ? real_from_text(words[2]) : 1.0;
    if (!value) lines.fail(fmt::format("'{}' is no number", shown(words[2].substr(0, 40))));
    if (header.symmetric && column > row) lines.fail("a symmetric matrix is given by its lower half");
    if (header.skew && column == row) lines.fail("a skew-symmetric matrix has no diagonal");
    found.add(row, column, *value);
    if (header.symmetric && row != column) found.add(column, row, header.skew ? -*value : *value);
  }
  if (lines.next(words)) lines.fail(fmt::format("more than the {} entries that it names", entries));
  return {rows, columns, at::tensor(found.row, at::kLong), at::tensor(found.column, at::kLong),
          at::tensor(found.value, at::kDouble)};
}

}  // namespace dpsbench
