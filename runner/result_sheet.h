#pragma once
#include "datasets/contact_sheet.h"
#include "results/reader.h"

namespace dpsbench {

/// The results as pictures: a row for each task and noise level, with the original, the measurement and a sample of
/// each method, of the image at `position` of the experiment's list. Captions give the sample's PSNR where it is known.
ContactSheet result_sheet(const ResultsFile& results, std::int64_t position);

}  // namespace dpsbench
