#include "metrics/statistics/letters.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "core/error.h"
#include "metrics/statistics/paired.h"

namespace dpsbench {
namespace {

using Matrix = std::vector<std::vector<bool>>;
using Column = std::vector<bool>;  // the methods that bear one letter

bool is_within(const Column& part, const Column& whole) {
  for (std::size_t i = 0; i < part.size(); ++i)
    if (part[i] && !whole[i]) return false;
  return true;
}

/// Takes away columns that lie within another one.
std::vector<Column> absorbed(const std::vector<Column>& columns) {
  std::vector<Column> kept;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    bool needed = true;
    for (std::size_t other = 0; other < columns.size() && needed; ++other)
      needed = other == k || !is_within(columns[k], columns[other]) || (columns[k] == columns[other] && k < other);
    if (needed) kept.push_back(columns[k]);
  }
  return kept;
}

/// Splits every column that joins the distinguishable methods i and j.
std::vector<Column> split(const std::vector<Column>& columns, std::size_t i, std::size_t j) {
  std::vector<Column> result;
  for (const Column& column : columns) {
    if (!column[i] || !column[j]) {
      result.push_back(column);
      continue;
    }
    for (const std::size_t leaving : {j, i}) {
      result.push_back(column);
      result.back()[leaving] = false;
    }
  }
  return absorbed(result);
}

/// Whether every pair of the column (a method with itself included) is joined by another column too.
bool says_nothing_new(const std::vector<Column>& columns, std::size_t k) {
  const Column& column = columns[k];
  for (std::size_t i = 0; i < column.size(); ++i)
    for (std::size_t j = i; j < column.size(); ++j) {
      if (!column[i] || !column[j]) continue;
      bool elsewhere = false;
      for (std::size_t other = 0; other < columns.size(); ++other)
        elsewhere = elsewhere || (other != k && columns[other][i] && columns[other][j]);
      if (!elsewhere) return false;
    }
  return true;
}

std::vector<Column> letter_columns(const Matrix& distinguishable) {
  std::vector<Column> columns = {Column(distinguishable.size(), true)};
  for (std::size_t i = 0; i < distinguishable.size(); ++i)
    for (std::size_t j = i + 1; j < distinguishable.size(); ++j)
      if (distinguishable[i][j]) columns = split(columns, i, j);
  for (std::size_t k = columns.size(); k-- > 0;)
    if (says_nothing_new(columns, k)) columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(k));
  std::sort(columns.begin(), columns.end(), std::greater<>());  // the column of the first method first
  return columns;
}

}  // namespace

std::vector<std::string> letter_display(const Matrix& distinguishable) {
  for (const std::vector<bool>& row : distinguishable)
    if (row.size() != distinguishable.size()) throw Error("a letter display takes a square matrix");
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::vector<Column> columns = letter_columns(distinguishable);
  if (columns.size() > alphabet.size())
    throw Error(
        fmt::format("a letter display of these {} methods takes {} letters", distinguishable.size(), columns.size()));
  std::vector<std::string> words(distinguishable.size());
  for (std::size_t k = 0; k < columns.size(); ++k)
    for (std::size_t i = 0; i < words.size(); ++i)
      if (columns[k][i]) words[i] += alphabet[k];
  return words;
}

std::vector<std::string> compact_letters(const std::vector<std::vector<double>>& losses, double alpha) {
  const std::size_t count = losses.size();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> means;
  for (const std::vector<double>& values : losses) means.push_back(mean_of(values));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return means[a] < means[b]; });

  std::vector<double> p_values;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i + 1; j < count; ++j)
      p_values.push_back(paired_comparison(losses[order[i]], losses[order[j]]).p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);

  Matrix distinguishable(count, std::vector<bool>(count, false));
  std::size_t pair = 0;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i + 1; j < count; ++j)
      distinguishable[i][j] = distinguishable[j][i] = adjusted[pair++] <= alpha;

  const std::vector<std::string> ordered = letter_display(distinguishable);
  std::vector<std::string> words(count);
  for (std::size_t i = 0; i < count; ++i) words[order[i]] = ordered[i];
  return words;
}

}  // namespace dpsbench
