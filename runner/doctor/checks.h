#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// Something that a machine offers, or lacks.
struct Finding {
  std::string subject;  ///< in a word or two
  bool there = true;
  std::string text;  ///< what there is; of what is lacking: what follows from that, and what helps
};

/// The GPUs that this process sees.
std::vector<Finding> check_gpus();

/// Whether mpirun starts two ranks of this program that find each other. Takes seconds.
Finding check_launch();

/// What a rank that check_launch() started does: the ranks find each other, and rank 0 says how many they are.
void answer_launch();

/// Whether outputs can lie in a folder: it can be written, its file system offers locks and room, HDF5 writes there.
std::vector<Finding> check_folder(const std::filesystem::path& folder);

/// The program that draws figures.
Finding check_gnuplot();

/// What lies where DPSBENCH_WEIGHTS and DPSBENCH_DATA point, and whether these experiment files have all they name.
std::vector<Finding> check_inputs(const std::vector<std::string>& experiments);

}  // namespace dpsbench
