#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// Samples of one image and what they are to its measurement.
struct Restoration {
  std::string title;            ///< "dps on super_resolution"
  Tensor measurement;           ///< as a picture, [C, H, W] in [-1, 1]
  std::vector<Tensor> samples;  ///< [C, H, W] each
  std::vector<double> misfits;  ///< of each sample: root mean square of A x - y over sigma_y
};

/// A picture that an earlier call left in the folder; empty: there is none, or no folder.
std::filesystem::path earlier_restoration(const std::filesystem::path& folder);

/// How far, in sigma_y, a sample may be off its measurement before it is told that it does not fit.
inline constexpr double most_misfit = 2;

/// What should be known of samples that are farther off than that; empty where none is.
std::string misfit_warning(const std::vector<double>& misfits);

/// Writes sample-1.png ..., mean.png, deviation.png (of several samples) and contact_sheet.png into a folder that
/// exists, in place of those that an earlier call left there. Gives the lines that say what they are, the deviation
/// picture's scale among them.
std::vector<std::string> write_restoration(const Restoration& restoration, const std::filesystem::path& folder);

}  // namespace dpsbench
