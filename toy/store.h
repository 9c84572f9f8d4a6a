#pragma once
#include <filesystem>
#include <string>

#include "toy/profile_analysis.h"

namespace dpsbench {

/// Keeps an experiment's samples and profiles in one HDF5 file:
///   /windows/<label>/<k>/samples  [samples, D] double, with the window's centre, width and test as attributes
///   /profiles/<label>/            free_energy, lower, upper [bins] and the errors as attributes
///   /closed_form/                 edges [bins + 1], free_energy [bins]
/// `samples`: [windows, samples, D] of each method; `text`: the experiment's file, an attribute of the root. Throws
/// DataError naming the file.
void store_toy(const std::filesystem::path& file, const ToyExperiment& experiment, const std::string& text,
               const ToyTruth& truth, const std::vector<ProfileAnalysis>& analyses, const std::vector<Tensor>& samples);

}  // namespace dpsbench
