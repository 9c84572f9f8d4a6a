#pragma once
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "runner/exchange/problem_file.h"

namespace dpsbench {

/// What the numbers of answers mean.
enum class AnswerRange {
  told,    ///< [-1, 1]; numbers that look like another range are refused
  signed_, ///< [-1, 1], whatever they look like
  unit,    ///< [0, 1]
  bytes    ///< [0, 255]
};

/// What another program answered to one problem.
struct Answers {
  std::filesystem::path file;
  Tensor samples;  ///< [N, S, C, H, W] float32, in [-1, 1] units, images in the problem's order
  // of one image, as the file says; NaN where it does not
  double seconds = std::numeric_limits<double>::quiet_NaN();
  double network_evaluations = std::numeric_limits<double>::quiet_NaN();
  double passes_back = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::string> remarks = {};  ///< what a person should know of them, a sentence each
};

/// The answers to the problem of this stem: STEM.h5, .pt or .npy, or a folder STEM of PNG or JPEG files named by image
/// ids. Empty path if there are none; throws UserError where there are several.
std::filesystem::path find_answers(const std::filesystem::path& folder, const std::string& stem);

/// Reads answers and holds them against their problem. Throws UserError naming file and image: ids that are missing,
/// unknown or doubled, a shape that does not fit, numbers that are not finite or of another range, the digest of
/// another problem.
Answers read_answers(const std::filesystem::path& file, const ExportedProblem& problem, AnswerRange range);

}  // namespace dpsbench
