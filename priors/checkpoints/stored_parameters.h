#pragma once
#include "priors/checkpoints/naming.h"
#include "priors/unet/parameters.h"

namespace dpsbench {

/// How a file of that convention keeps each of the network's parameters; `before` stands before all its names, such as
/// "model.". Throws UserError where the convention's networks do not have what the options ask for.
StoredParameters stored_parameters(const UNetOptions& options, const NamingConvention& convention,
                                   const std::string& before = "");

/// The same of layers and what else `specs` names; the convention must name it too.
StoredParameters stored_parameters(const UNetOptions& options, const std::vector<UNetLayer>& layers,
                                   const std::vector<ParameterSpec>& specs, const NamingConvention& convention,
                                   const std::string& before);

}  // namespace dpsbench
