#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// Pictures of a person's own brought to the size that a task measures.
struct FittedPictures {
  Tensor picture;    ///< [C, height, width]
  Tensor mask;       ///< [1, height, width] of 0 and 1; undefined: none
  std::string done;  ///< what was done, for people; empty: nothing
};

/// Takes the largest centred part of the wanted proportions and resamples it: bicubic, or where a mask [1, H, W] says
/// which pixels are known, by averages of areas, so that no known pixel takes anything from a missing one; a pixel is
/// known where all that it averages is. A picture of the wanted size stays as it is.
FittedPictures fit(const Tensor& picture, const Tensor& mask, std::int64_t height, std::int64_t width);

}  // namespace dpsbench
