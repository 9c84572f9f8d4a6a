#include "tasks/parts/row_lists.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::int64_t most_in_lists = std::int64_t{1} << 29;
constexpr std::int64_t products_at_a_time = std::int64_t{1} << 25;

}  // namespace

RowLists::RowLists(std::int64_t rows, std::int64_t columns, const Tensor& row, const Tensor& column,
                   const Tensor& value, const TensorOptions& options)
    : columns_(columns) {
  const auto [in_order, order] = row.sort(/*stable=*/true, 0, /*descending=*/false);
  const Tensor lengths = at::bincount(in_order, {}, rows);
  const std::int64_t longest = std::max<std::int64_t>(1, lengths.max().item<std::int64_t>());
  if (rows > most_in_lists / longest)
    throw UserError(
        "the matrix has {} rows and up to {} entries in one of them: lists of equal length would take more "
        "than {} numbers",
        rows, longest, most_in_lists);
  const Tensor starts = lengths.cumsum(0) - lengths;
  const Tensor within = at::arange(in_order.size(0), at::kLong) - starts.index_select(0, in_order);
  const Tensor cells = in_order * longest + within;
  const Tensor places = at::full({rows * longest}, columns, at::kLong).scatter(0, cells, column.index_select(0, order));
  const Tensor weights =
      at::zeros({rows * longest}, at::kDouble).scatter(0, cells, value.to(at::kDouble).index_select(0, order));
  places_ = places.reshape({rows, longest}).to(at::kInt).to(options.device());
  weights_ = weights.reshape({rows, longest}).to(options);
}

Tensor RowLists::times(const Tensor& numbers) const {
  const Tensor padded = at::constant_pad_nd(numbers, {0, 1});
  const std::int64_t step =
      std::max<std::int64_t>(1, products_at_a_time / std::max<std::int64_t>(1, numbers.size(0) * weights_.size(1)));
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < rows(); first += step) {
    const Tensor places = places_.slice(0, first, first + step);
    const Tensor found = padded.index_select(1, places.flatten()).reshape({-1, places.size(0), places.size(1)});
    parts.push_back((found * weights_.slice(0, first, first + step)).sum(2));
  }
  return at::cat(parts, 1);
}

double RowLists::greatest_row() const { return weights_.abs().sum(1).max().item<double>(); }

}  // namespace dpsbench
