#pragma once
#include <optional>
#include <string>
#include <vector>

#include "results/paper/numbers.h"
#include "results/store/reader.h"

namespace dpsbench {

/// One row of a paper's table with our cells in it: a method and its number of steps, per data set.
struct PaperLine {
  std::string label;                    ///< "DPS-w 100 steps"
  std::vector<const PaperRow*> paper;   ///< the paper's numbers, by data set; null where it has none
  std::vector<const CellResult*> ours;  ///< our cell, by data set; null where there is none
};

struct PaperSection {
  std::string title;  ///< "Inpainting 70 %"
  std::vector<PaperLine> lines;
};

/// A table of the paper filled with our cells.
struct PaperLayout {
  int table;
  std::vector<std::string> datasets;   ///< ours, those of the paper first
  std::vector<PaperSection> sections;  ///< in the paper's order; only those of which we have a cell
  bool same_data = true;               ///< all our cells are on the paper's data sets
  bool same_prior = true;              ///< and with networks of its architecture
};

/// Whether a cell's network is the one that the paper and others have for its data set, told by its size: 256 pixels,
/// 128 channels for FFHQ (DPS's), 256 for ImageNet (ADM's).
bool is_paper_prior(const CellResult& cell);

/// Sorts our cells into a table of the paper. Cells of a section's task and noise level that are no row of the paper
/// come after the paper's rows; several cells for one row (a scan) each get a row. Throws UserError unless 1 <= table
/// <= 7.
PaperLayout paper_layout(int table, const std::vector<CellResult>& cells);

}  // namespace dpsbench
