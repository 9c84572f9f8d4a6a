#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// The numbers of a text: a row of them a line, blanks or commas between them, # before a remark. [rows, columns],
/// double on the CPU. Throws UserError where the file cannot be read or is not UTF-8, DataError naming file and line for what is no
/// number and for rows of unequal length.
Tensor read_text_array(const std::string& file);

}  // namespace dpsbench
