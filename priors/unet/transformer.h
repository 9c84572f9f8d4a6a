#pragma once
#include "priors/unet/parameters.h"

namespace dpsbench {

/// The transformer of FrozenTransformer as plain differentiable operations: x [B, C, H, W] of the layer's channels ->
/// the same shape.
Tensor transformer_forward(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters,
                           const Tensor& x);

/// Its parameters, but for the context, which all layers share.
std::vector<ParameterSpec> transformer_parameters(const UNetOptions& options, const UNetLayer& layer);

}  // namespace dpsbench
