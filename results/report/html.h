#pragma once
#include <filesystem>
#include <functional>
#include <optional>
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
  /// What a measurement scores as it is drawn, of a cell's image at a row; nothing where it is no picture.
  std::function<std::optional<double>(const CellResult& cell, std::int64_t row)> measurement_psnr = {};
  std::int64_t images = 0;  ///< of each setting; 0: as many as fit into picture_bytes, at least one, -1: all
  std::size_t picture_bytes = std::size_t{24} << 20;  ///< of pictures in the page, where `images` is 0
};

/// One HTML file that holds all it shows: the finding, tables to sort, search and copy, figures, pictures to compare,
/// the best and the worst images, trajectories, provenance. It asks the network for nothing.
std::string html_report(const ReportParts& parts);

}  // namespace dpsbench
