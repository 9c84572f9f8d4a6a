#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "runner/tuning/trial.h"

namespace dpsbench {

/// OUTPUT/rungs/1: an ordinary output folder, which run, status, report and verify know.
std::filesystem::path rung_folder(const std::filesystem::path& output, std::size_t rung);

/// A rung as an ordinary experiment: the candidates left, on the images that none has seen.
/// `positions`: of all images, as the data set counts.
Experiment rung_experiment(const Experiment& experiment, const std::vector<Trial>& trials, const Rungs& rungs,
                           const std::vector<std::int64_t>& positions, std::size_t rung);

/// Takes what a rung found, and lets the worse half go. On rank 0. Throws Error when the folder has not the results,
/// UserError when they lack one of the rung's cells.
void conclude_rung(const Experiment& experiment, const ImageShape& shape, const std::filesystem::path& folder,
                   std::size_t rung, std::vector<Trial>& trials);

/// Who is left of each trial, as a text for the other ranks; and back.
std::string who_is_left(const std::vector<Trial>& trials);
void take_who_is_left(const std::string& text, std::vector<Trial>& trials);

}  // namespace dpsbench
