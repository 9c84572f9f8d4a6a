#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Their layouts' names: paper-table-1 to paper-table-7.
std::vector<std::string> paper_table_names();

/// The number of the paper's table that a layout's name asks for: "paper-table-2" -> 2. Throws UserError naming the
/// layouts there are.
int paper_table_number(const std::string& layout);

/// Our numbers in the rows and columns of the paper's Table 1 to 7. The title says where data set or prior are not the
/// paper's. Without a section if none of the cells belongs to the table.
Table paper_table(int number, const std::vector<CellResult>& cells);

/// The paper's numbers beside ours: mean of both, the difference, and whether it is "inside" what two repetitions
/// differ by (repeat_half_width), "outside", or nothing can tell.
Table paper_comparison(int number, const std::vector<CellResult>& cells);

}  // namespace dpsbench
