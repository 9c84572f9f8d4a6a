#pragma once
#include <memory>

#include "core/operator.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The measurement operator of `count` images of a cell from row `first` on, drawn anew from what the results say of
/// it: task and options, seed, data set and image ids. On the CPU, float32. Throws DataError naming the cell whose
/// attributes do not describe a task of this program.
std::unique_ptr<Operator> stored_operator(const CellResult& cell, std::int64_t first, std::int64_t count,
                                          const ImageShape& shape);

}  // namespace dpsbench
