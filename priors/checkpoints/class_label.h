#pragma once
#include <optional>

#include "priors/checkpoints/naming.h"
#include "priors/unet/parameters.h"

namespace dpsbench {

/// The parameters of a class-conditional network that is always told that class: what the class adds to the time's
/// embedding, or its features, is a constant, and goes to a bias. `label`: from 0; none: no class. `before`: what
/// stands before the file's names. Throws UserError where a class is given and the file knows none, or too few, and
/// where none is given and the network needs one.
UNetParameters with_class(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                          const std::string& before, std::optional<std::int64_t> label);

/// The parameters of one that is told a class of each image: that bias of every class (bias_of_class) beside them.
UNetParameters with_every_class(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                                const std::string& before);

}  // namespace dpsbench
