#pragma once
#include <map>
#include <string>

#include "methods/registry.h"

namespace dpsbench {

/// The published constants of a method for one task and data set, and where they are from.
struct Preset {
  std::map<std::string, OptionValue> options;
  std::string source;       ///< and which data sets' constants were taken, where there are several
  std::string remark = {};  ///< what a reader should be told: that a family's constants were not taken, though the data
                            ///< set's name looks like it
};

/// The families of data sets that presets may have constants of their own for.
const std::vector<std::string>& dataset_families();

/// What presets know of a data set: its name, and its family where that is declared. A name that is a family's declares
/// it.
struct PresetDataset {
  std::string name;
  std::string family = {};
};

/// Looks a preset up in experiments/presets/, which is built into the program. Where it has nothing for the task,
/// the nearest task's constants serve, and the source starts with "no published value". Throws UserError naming the
/// presets or tasks there are.
Preset find_preset(const MethodEntry& method, const std::string& preset, const std::string& task,
                   const PresetDataset& dataset);

/// The presets' names of a method, in order.
std::vector<std::string> preset_names(const MethodEntry& method);

}  // namespace dpsbench
