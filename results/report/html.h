#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "results/figures/figure.h"
#include "results/files/bytes.h"
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// A picture [C, H, W] in [-1, 1] (not clamped), C 1 or 3, as the bytes of a PNG file.
using EncodePng = std::function<Bytes(const Tensor& picture)>;

/// What goes into a report.
struct ReportParts {
  const ResultsFile& results;
  std::vector<Table> tables;
  std::vector<Figure> figures;
  std::filesystem::path figures_folder;  ///< where their SVG files lie; figures without one are left out
  EncodePng encode_png;
  std::int64_t images = 6;  ///< of each setting's contact sheet
};

/// One HTML file that holds all it shows: tables to sort, figures, pictures to compare, the best and the worst images,
/// trajectories, provenance. It asks the network for nothing.
std::string html_report(const ReportParts& parts);

}  // namespace dpsbench
