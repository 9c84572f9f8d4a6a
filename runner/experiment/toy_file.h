#pragma once
#include <string>
#include <vector>

#include "toy/experiment.h"

namespace dpsbench {

/// A toy problem's file, as a text: with where it came from, for messages.
struct ToyFile {
  std::string name;  ///< "double-well.yaml", or the path
  std::string text;
};

/// Names of the toy problems that travel in the program.
std::vector<std::string> toy_names();

/// The toy problem of that name, else the file of that path. Throws UserError when there is neither.
ToyFile find_toy(const std::string& name_or_path);

/// Reads a toy problem with `--set` overrides put in. Throws UserError naming place, key, value and what is allowed.
ToyExperiment read_toy(const ToyFile& file, const std::vector<std::string>& overrides);

}  // namespace dpsbench
