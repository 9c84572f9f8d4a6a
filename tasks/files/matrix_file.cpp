#include "tasks/files/matrix_file.h"

#include "core/error.h"
#include "tasks/files/array_file.h"
#include "tasks/files/matrix_market.h"

namespace dpsbench {
namespace {

bool is_matrix_market(const GivenFile& file) { return file.path.ends_with(".mtx"); }

}  // namespace

Tensor read_matrix(const GivenFile& file) {
  if (is_matrix_market(file)) {
    const MatrixEntries entries = read_matrix_entries(file);
    constexpr std::int64_t most_numbers = std::int64_t{1} << 24;  // a few lines of text may claim any size
    if (entries.rows > most_numbers / entries.columns)
      throw UserError("{}: a matrix of {} x {} is too large to be kept whole", file.path, entries.rows,
                      entries.columns);
    return at::zeros({entries.rows * entries.columns}, at::kDouble)
        .index_add(0, entries.row * entries.columns + entries.column, entries.value)
        .reshape({entries.rows, entries.columns});
  }
  const Tensor matrix = read_array(file, "matrix");
  if (matrix.dim() != 2 || matrix.numel() == 0)
    throw DataError("{}: an array of {}; a matrix is rows x columns", file.path, sizes_text(matrix));
  return matrix;
}

MatrixEntries read_matrix_entries(const GivenFile& file) {
  if (is_matrix_market(file)) {
    MatrixEntries entries = read_matrix_market(file.path);
    require_unchanged(file);  // after it was read, as read_array() does
    return entries;
  }
  const Tensor matrix = read_matrix(file);
  const std::vector<Tensor> places = matrix.nonzero_numpy();
  return {matrix.size(0), matrix.size(1), places[0], places[1],
          matrix.flatten().index_select(0, places[0] * matrix.size(1) + places[1])};
}

}  // namespace dpsbench
