#pragma once
#include <string>
#include <utility>
#include <vector>

namespace dpsbench {

/// What this program is made of: dpsbench's own version and revision, LibTorch, CUDA, MPI, HDF5, each with its version.
std::vector<std::pair<std::string, std::string>> versions();

/// The same, a line each.
std::string versions_text();

}  // namespace dpsbench
