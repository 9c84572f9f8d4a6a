#pragma once
#include "core/tensor.h"
#include "core/words/given_file.h"

namespace dpsbench {

/// A matrix by the entries that are not 0.
struct MatrixEntries {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  Tensor row;     ///< [E], long, from 0
  Tensor column;  ///< [E], long, from 0
  Tensor value;   ///< [E], double
};

/// The matrix [rows, columns] of a file (tasks/files/array_file.h; HDF5: data set `matrix`; or Matrix Market, .mtx),
/// double on the CPU. Throws UserError or DataError naming the file, in text the line.
Tensor read_matrix(const GivenFile& file);

/// The same by its entries: a Matrix Market file's (coordinate; real, integer or pattern; general, symmetric or
/// skew-symmetric), entries that come twice added; of any other file those that are not 0.
MatrixEntries read_matrix_entries(const GivenFile& file);

}  // namespace dpsbench
