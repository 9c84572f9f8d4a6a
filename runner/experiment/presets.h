#pragma once
#include <map>
#include <string>

#include "methods/registry.h"

namespace dpsbench {

/// The published constants of a method for one task and data set, and where they are from.
struct Preset {
  std::map<std::string, OptionValue> options;
  std::string source;
};

/// Looks a preset up in experiments/presets/, which is built into the program. Where it has nothing for the task,
/// the nearest task's constants serve, and the source starts with "no published value". Throws UserError naming the
/// presets or tasks there are.
Preset find_preset(const MethodEntry& method, const std::string& preset, const std::string& task,
                   const std::string& dataset);

/// The presets' names of a method, in order.
std::vector<std::string> preset_names(const MethodEntry& method);

}  // namespace dpsbench
