#pragma once
#include "core/method_entry.h"
#include "priors/registry.h"

namespace dpsbench {

/// What passes through an experiment's autoencoder cost, in evaluations of its prior of latents: by their
/// multiply-accumulate operations. 0 where either is no network of which these are known.
struct CodingPrice {
  double decoding = 0;
  double encoding = 0;

  /// The passes of `coding`, with one back counting as `pass_back` of its pass.
  [[nodiscard]] double of(const CodingCost& coding, double pass_back) const {
    return decoding * (coding.decodings + pass_back * coding.decodings_back) +
           encoding * (coding.encodings + pass_back * coding.encodings_back);
  }
};

CodingPrice coding_price(const PriorSpec& prior);

}  // namespace dpsbench
