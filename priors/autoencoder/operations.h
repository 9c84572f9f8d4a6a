#pragma once
#include "priors/autoencoder/options.h"

namespace dpsbench {

/// Multiply-accumulate operations of one image's passes: convolutions and attention (encoder 130e9, decoder 315e9 of
/// vq-f4's).
struct CodingOperations {
  double encode = 0;
  double decode = 0;
};
CodingOperations coding_operations(const AutoencoderOptions& options);

}  // namespace dpsbench
