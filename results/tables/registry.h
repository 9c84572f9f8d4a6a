#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// A table and the stem of its files: "summary" for tables/summary.md, .tex and .csv.
struct NamedTable {
  std::string stem;
  Table table;
};

/// The general tables that these cells fill, the summary first. `rows`: the summary's, which has rows that no other
/// table has: means of several samples, cells whose every image failed.
std::vector<NamedTable> general_tables(const std::string& title, const std::vector<CellResult>& cells,
                                       const std::vector<CellResult>& rows);

}  // namespace dpsbench
