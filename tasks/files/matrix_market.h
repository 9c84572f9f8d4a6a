#pragma once
#include "tasks/files/matrix_file.h"

namespace dpsbench {

/// A Matrix Market file's matrix (Boisvert, Pozo, Remington 1996): coordinate; real, integer or pattern; general,
/// symmetric or skew-symmetric. Throws UserError, DataError naming the file and the line.
MatrixEntries read_matrix_market(const std::string& file);

}  // namespace dpsbench
