#pragma once
#include "priors/autoencoder/options.h"

namespace dpsbench {

/// Multiply-accumulate operations of one image's passes: convolutions and attention.
struct CodingOperations {
  double encode = 0;
  double decode = 0;
};
CodingOperations coding_operations(const AutoencoderOptions& options);

}  // namespace dpsbench
