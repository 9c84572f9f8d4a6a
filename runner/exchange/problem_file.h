#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/state.h"
#include "core/tensor.h"

namespace dpsbench {

/// What a program elsewhere is told of one setting: everything that its answer may depend on, and nothing of the
/// originals.
struct ExportedProblem {
  std::string dataset;    ///< its name, which keys the noise
  std::uint64_t seed = 0;
  std::int64_t samples = 1;  ///< that the experiment asks of each image
  State task;
  double sigma_y = 0;  ///< in units of [-1, 1] images
  ImageShape shape;    ///< of the images that are asked for
  std::vector<std::string> image_ids;         ///< N
  Tensor measurement;                         ///< [N, ...] float32
  std::map<std::string, Tensor> ingredients;  ///< of the operator (core/operator.h); those of each image [N, ...]
};

/// The name of a setting's files, without ending: "inpainting-0.7-s0.05".
std::string problem_stem(const State& task, double sigma_y);

/// SHA-256 of all that a problem says: what answers name so that nobody's are taken for another's.
std::string digest_of(const ExportedProblem& problem);

/// Writes a problem as an HDF5 file: attributes, image_ids, measurement, a group `operator` of the ingredients. Throws
/// DataError naming the path.
void write_problem(const std::filesystem::path& path, const ExportedProblem& problem);

/// Reads it back. Throws DataError where something is missing, or the file is not what its digest was made of.
ExportedProblem read_problem(const std::filesystem::path& path);

}  // namespace dpsbench
