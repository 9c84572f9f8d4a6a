#pragma once
#include "datasets/contact_sheet.h"
#include "results/store/reader.h"

namespace dpsbench {

/// One image (a number into the first cell's images) across an experiment: a row a setting, original and measurement,
/// then a column a method, with its PSNR where that was computed; the measurement's own where it is a picture. Settings
/// without the image are left out.
ContactSheet result_sheet(const ResultsFile& results, std::int64_t image);

/// A sheet with the name of its file: "samples-colorization-sigma-0.05".
struct NamedSheet {
  std::string stem;
  ContactSheet sheet;
};

/// The first `images` images of each setting: a row an image, original and measurement, then a column a cell (the
/// paper's Figures 2, 4, 5 and 6; a scanned option has a column a value).
std::vector<NamedSheet> sample_sheets(const ResultsFile& results, std::int64_t images);

/// The estimate of the image along the reverse process of each setting that was filmed: a row a cell, a column a frame,
/// at most `frames` (the paper's Figure 3).
std::vector<NamedSheet> film_sheets(const ResultsFile& results, std::int64_t frames);

}  // namespace dpsbench
