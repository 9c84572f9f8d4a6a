#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Appendix D.1 of the paper for every cell: two conditions that samples of the true posterior meet. The ratio of the
/// mean squared error of one sample to that of the posterior mean (cells with several samples an image), and the law of
/// the noise y - A x0 that the first sample leaves in the measurement. Reads one image at a time.
Table posterior_check(const ResultsFile& results, const std::string& title);

}  // namespace dpsbench
