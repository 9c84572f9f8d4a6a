#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "methods/registry.h"

namespace dpsbench {

/// What a constant grows and shrinks with, as far as the field knows: with the length of a step (published steps over
/// steps), or with the side of the images (side over published side).
enum class ScalesWith { steps, side };

/// A method's constants for one task and data set, and where they are from.
struct Preset {
  std::map<std::string, OptionValue> options;
  std::string source;       ///< and which data sets' constants were taken, where there are several
  std::string remark = {};  ///< what a reader should be told: that a family's constants were not taken, though the data
                            ///< set's name looks like it
  bool borrowed = false;    ///< of another task, for which they were published
  std::optional<std::int64_t> steps = {};                       ///< that they were chosen at, if known
  std::optional<std::int64_t> side = {};                        ///< of the images that they were chosen on, if known
  std::map<std::string, std::vector<ScalesWith>> scaling = {};  ///< option -> what it scales with
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

/// Whether the preset says of one of its constants that it scales with `what`.
bool scales_with(const Preset& preset, ScalesWith what);

/// "steps", "side".
ScalesWith scales_with_of(const std::string& word);

/// The preset with the constants that scale with what is named brought from what they were chosen at to so many steps
/// and images of that side. Throws UserError where the preset does not say how, or at what they were chosen.
Preset scaled(const Preset& preset, const std::vector<ScalesWith>& by, std::int64_t steps, std::int64_t side);

}  // namespace dpsbench
