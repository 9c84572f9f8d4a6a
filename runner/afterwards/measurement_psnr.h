#pragma once
#include <optional>

#include "results/store/reader.h"

namespace dpsbench {

/// The PSNR of a measurement as it is drawn, of a cell's image at a row, in dB as the samples have it. Nothing where
/// the measurement is no picture (magnitudes of a Fourier transform, say), and of tasks that this program does not
/// know.
std::optional<double> measurement_psnr(const ResultsFile& results, const CellResult& cell, std::int64_t row);

}  // namespace dpsbench
