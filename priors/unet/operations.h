#pragma once
#include "priors/unet/structure.h"

namespace dpsbench {

/// The side of a layer's feature maps after it.
double side_after(const UNetLayer& layer, double side);

/// Multiply-accumulate operations of a layer at feature maps `side` wide before and `after` wide after it.
double operations_of(const UNetLayer& layer, const UNetOptions& options, double side, double after);

/// Multiply-accumulate operations of one image's forward pass: convolutions and attention (194e9 for ffhq256, 1120e9
/// for imagenet256).
double unet_operations(const UNetOptions& options);

}  // namespace dpsbench
