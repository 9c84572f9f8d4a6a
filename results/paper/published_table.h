#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Layouts of tables with other papers' numbers beside ours: "published-daps".
std::vector<std::string> published_layouts();

/// That paper's numbers beside ours, a section a setting of ours that it has, a row a method that it has; several cells
/// of ours of one method a row each. No verdict is given: its images are not known to be ours. Throws UserError for a
/// layout that is none of these.
Table table_beside_published(const std::string& layout, const std::vector<CellResult>& cells);

}  // namespace dpsbench
