// The decoder's own error: the original, encoded and decoded, D(E(x)). What no sampler of latents can be held to: where
// it stands in a table, errors above it are the samplers'. It is given the original and knows nothing of y.
#include "core/error.h"
#include "core/method_entry.h"

namespace dpsbench {
namespace {

class Reconstruction final : public Method {
 public:
  Tensor sample(const Problem& problem, Observer& observer) const override {
    const Tensor& z = problem.original;  // E(x) already: whoever decodes the answers has encoded the originals
    if (!z.defined()) throw Error("reconstruction: the original is not there");
    observer.on_step({1, 1, z, z, {}});
    return z;
  }
};

}  // namespace

MethodEntry reconstruction_entry() {
  return {
      .name = "reconstruction",
      .title = "The original, encoded and decoded (control: the decoder's own error)",
      .paper = "Rombach et al. 2022, arXiv 2112.10752",
      .needs = {.latents = true},
      .options = {},
      .cost = [](const OptionValues&, double) { return Cost{}; },
      .make = [](const OptionValues&) { return std::make_unique<Reconstruction>(); },
      .without_noise = "",
      .given_original = "control: uses the original",
      .coding = [](const OptionValues&) { return CodingCost{}; },
  };
}

}  // namespace dpsbench
