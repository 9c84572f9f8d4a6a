#pragma once
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "runner/experiment/preset_file.h"

namespace dpsbench {

/// SHA-256 of each image's pixels as the experiment sees them: the same whatever file the picture is in. Of images that
/// are drawn, of what they are drawn as: a name and a position, which no device's rounding enters.
std::vector<std::string> image_digests(const Dataset& dataset);

/// Throws UserError if an image is among those that presets were tuned on: results there would flatter them.
void require_unseen(const PresetFile& presets, const Dataset& dataset);

}  // namespace dpsbench
