#pragma once
#include <cstdint>

namespace dpsbench {

/// How often an autoencoder was passed through, image by image: what latent methods cost beside evaluations of the
/// prior. A pass back counts once for all its cotangents.
struct CodingUse {
  std::int64_t encodings = 0;
  std::int64_t encodings_back = 0;
  std::int64_t decodings = 0;
  std::int64_t decodings_back = 0;
};

}  // namespace dpsbench
