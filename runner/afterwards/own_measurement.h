#pragma once
#include <filesystem>
#include <memory>

#include "tasks/registry.h"

namespace dpsbench {

/// A degraded picture of the user's own with the operator that is taken to have made it.
struct OwnMeasurement {
  std::unique_ptr<Operator> op;  ///< bound to a batch of any size: nothing about it is drawn
  Tensor y;                      ///< [1, ...]
  double missing = 0;            ///< fraction of the pixels that a mask hides
  std::string fitted = {};       ///< how the picture was brought to the size that the task measures; empty: it had it
};

/// What becomes of a picture of another size than the task measures.
enum class OtherSizes { resampled, refused };

/// Reads a picture as a measurement of the task for images of `shape`, a grey one repeated in all channels where those
/// are colour. `mask` (white: known, black: missing; empty: none) takes the place of the one that inpainting would
/// draw; it has the picture's size. A picture of another size than the task measures is brought to it
/// (runner/afterwards/fitted_picture.h) or refused. Throws UserError where no picture can be a measurement of the task,
/// or this one cannot: its size, its colours, a mask too many or missing. DataError for a file that is no picture.
OwnMeasurement read_own_measurement(const TaskEntry& task, const OptionValues& options, const ImageShape& shape,
                                    const std::filesystem::path& picture, const std::filesystem::path& mask,
                                    OtherSizes other_sizes, const TensorOptions& type);

}  // namespace dpsbench
