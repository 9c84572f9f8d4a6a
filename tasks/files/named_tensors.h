#pragma once
#include <map>
#include <string>

#include "core/tensor.h"
#include "core/words/given_file.h"

namespace dpsbench {

/// All tensors of a safetensors file by their names, on the CPU. Throws UserError or DataError naming the file.
std::map<std::string, Tensor> read_named_tensors(const GivenFile& file);

}  // namespace dpsbench
