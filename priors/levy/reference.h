#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "core/tensor.h"
#include "priors/levy/gibbs.h"

namespace dpsbench {

/// What several long chains tell of one signal's posterior: the gold standard.
struct LevyReference {
  Tensor mean;       ///< [L] double, of all kept sweeps' conditional means
  Tensor deviation;  ///< [L] double, of all kept sweeps' signals
  Tensor draws;      ///< [chains, N, L] double: signals some sweeps apart
};

/// How the chains of a reference run.
struct ReferenceLength {
  std::int64_t chains = 4;
  ChainLength each = {2500, 5000};
  std::int64_t apart = 8;  ///< sweeps from one of `draws` to the next
};

/// Chains whose random numbers are keyed by the evidence itself: one answer to one question, whoever asks.
LevyReference levy_reference(const LevyLaw& law, const SignalEvidence& evidence, const ReferenceLength& length);

/// References already found, since every method of a benchmark is measured against the same ones. Any thread may ask.
class LevyReferences {
 public:
  LevyReferences(const LevyLaw& law, const ReferenceLength& length) : law_(law), length_(length) {}
  [[nodiscard]] std::shared_ptr<const LevyReference> of(const SignalEvidence& evidence);

 private:
  LevyLaw law_;
  ReferenceLength length_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<const LevyReference>> known_;
};

}  // namespace dpsbench
