#include "results/tables/registry.h"

#include "results/tables/as_published.h"
#include "results/tables/best.h"
#include "results/tables/board.h"
#include "results/tables/board_differences.h"
#include "results/tables/budgets.h"
#include "results/tables/constants.h"
#include "results/tables/paired.h"
#include "results/tables/summary.h"
#include "results/tables/truth.h"
#include "results/tables/truth_summary.h"
#include "results/tables/wide.h"

namespace dpsbench {

std::vector<NamedTable> general_tables(const std::string& title, const std::vector<CellResult>& cells,
                                       const std::vector<CellResult>& rows) {
  std::vector<NamedTable> tables = {
#define TABLE(stem, made) {stem, made},
#include "results/tables/tables.inc"
#undef TABLE
  };
  std::erase_if(tables,
                [](const NamedTable& named) { return named.table.sections.empty() && named.stem != "summary"; });
  return tables;
}

}  // namespace dpsbench
