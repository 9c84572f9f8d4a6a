#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Quality beside what it cost: evaluations of the prior, passes back, seconds, memory; and which methods of a setting
/// no other beats in both. Of results that tell their passes back.
Table budget_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
