#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Method x setting x metric, as papers print it: a row a method, the settings beside each other with a column a
/// metric, best and tied marked within each setting. Without a section where there is only one setting.
Table wide_table(const std::string& title, const std::vector<CellResult>& cells);

}  // namespace dpsbench
