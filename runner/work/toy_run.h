#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What `dpsbench toy` was asked.
struct ToyRunOptions {
  std::string toy;                     ///< name or file
  std::filesystem::path output;        ///< empty: output/<name of the experiment>
  std::vector<std::string> overrides;  ///< "path=value"
  bool quiet = false;
};

/// Samples the windows of a toy problem, shared out over the ranks, and writes tables, figures and samples on rank 0.
/// Collective. Returns the exit code (exit_code.h), the same on every rank. Throws UserError for a bad file.
int run_toy(const ToyRunOptions& options, Communicator& communicator);

}  // namespace dpsbench
